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
                Fix(host));
    }

    // Cores that this host has: the last two, and never the first, which everything else needs.
    private static string? Fix(HostFacts host)
    {
        int count = host.Names("/sys/devices/system/cpu", "cpu").Count(name => name.Length > 3 && name[3..].All(char.IsAsciiDigit));
        string? cores = count switch { < 2 => null, < 4 => $"{count - 1}", _ => $"{count - 2},{count - 1}" };
        return cores is null ? null
            : $"add isolcpus={cores} nohz_full={cores} (or other cores) to the kernel's command line, and {Setting.Affinity.Option} "
            + $"{cores}";
    }
}
