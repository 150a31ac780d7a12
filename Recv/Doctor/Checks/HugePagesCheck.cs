namespace Recv.Doctor.Checks;

/// <summary>Chunks are large, and placing touches them far apart: small pages cost a miss for each.</summary>
internal sealed class HugePagesCheck : IHostCheck
{
    private const string Name = "huge-pages";
    private const string Transparent = "/sys/kernel/mm/transparent_hugepage/enabled";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        string? line = host.Line(Transparent);
        if (line is null) yield break;
        yield return line.Contains("[never]", StringComparison.Ordinal)
            ? new Finding(Name, FindingLevel.Advice, "no transparent huge pages", "placing into chunks pays for small pages",
                $"echo madvise | sudo tee {Transparent}")
            : new Finding(Name, FindingLevel.Fine, $"transparent huge pages: {line}{Pool(host)}");
    }

    // The frames of AF_XDP look for pages of the pool first.
    private static string Pool(HostFacts host) => host.Number("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages") is long free
        ? $"; of the host's pool {free} of 2 MiB are free"
        : "";
}
