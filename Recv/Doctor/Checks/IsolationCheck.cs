namespace Recv.Doctor.Checks;

/// <summary>Cores that the scheduler leaves alone are the receive threads' best.</summary>
internal sealed class IsolationCheck : IHostCheck
{
    private const string Name = "cpu-isolation";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Line("/sys/devices/system/cpu/isolated") is not { } isolated) yield break;
        yield return isolated.Length > 0
            ? new Finding(Name, FindingLevel.Fine, $"isolated cores: {isolated}")
            : new Finding(Name, FindingLevel.Advice, "no core is isolated",
                "other processes may run on the cores of receive threads, for milliseconds at a time",
                "add isolcpus=2,3 nohz_full=2,3 (your cores) to the kernel's command line, and --affinity 2,3");
    }
}
