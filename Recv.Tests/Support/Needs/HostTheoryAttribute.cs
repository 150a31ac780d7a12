namespace Recv.Tests.Support.Needs;

/// <summary>A theory that is skipped, with the reason, on a machine that lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute(params HostNeed[] needs)
    {
        Needs = needs;
        Skip = needs.Select(HostNeeds.Missing).FirstOrDefault(reason => reason is not null);
    }

    public IReadOnlyList<HostNeed> Needs { get; }
}
