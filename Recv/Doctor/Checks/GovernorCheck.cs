namespace Recv.Doctor.Checks;

/// <summary>A core that clocks down between bursts is slow when the next one comes.</summary>
internal sealed class GovernorCheck : IHostCheck
{
    private const string Name = "cpu-governor";
    private const string Folder = "/sys/devices/system/cpu";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        string[] governors = [.. host.Names(Folder, "cpu")
            .Select(core => host.Line($"{Folder}/{core}/cpufreq/scaling_governor")).OfType<string>().Distinct()];
        if (governors.Length == 0) yield break;
        yield return governors is ["performance"]
            ? new Finding(Name, FindingLevel.Fine, "governor performance on all cores")
            : new Finding(Name, FindingLevel.Advice, $"governor {string.Join(", ", governors)}",
                "cores clock down between bursts and wake slowly",
                $"echo performance | sudo tee {Folder}/cpu*/cpufreq/scaling_governor");
    }
}
