namespace Recv.Doctor.Checks;

/// <summary>A receive thread wants a core that nobody else uses.</summary>
internal sealed class CoresCheck : IHostCheck
{
    private const string Name = "cores";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        int cores = Environment.ProcessorCount;
        yield return cores >= 2
            ? new Finding(Name, FindingLevel.Fine, $"{cores} cores may be used")
            : new Finding(Name, FindingLevel.Problem, "one core may be used", "receiving, sinks and interrupts take turns on it",
                "give the process more cores (taskset, CPUAffinity= of its unit, --cpus of its container)");
    }
}
