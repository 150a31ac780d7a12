namespace Recv.Doctor;

/// <summary>One look at the host. A new one is one small class, and its line in <see cref="Checkup.All"/>.</summary>
public interface IHostCheck
{
    /// <summary>Looks; changes nothing. What the host does not tell is no problem.</summary>
    IEnumerable<Finding> Look(HostFacts host);
}
