namespace Recv.Doctor.Checks;

/// <summary>Strict reverse-path filtering throws multicast from senders away to which no route leads back.</summary>
internal sealed class ReverseFilterCheck : IHostCheck
{
    private const string Name = "reverse-path-filter";
    private const string Folder = "/proc/sys/net/ipv4/conf/";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        // The kernel takes the larger of an interface's value and that of all.
        long all = host.Number(Folder + "all/rp_filter") ?? 0;
        string[] strict = [.. host.Names(Folder)
            .Where(name => name is not ("all" or "default" or "lo") && (host.Interface is null || name == host.Interface))
            .Where(name => Math.Max(all, host.Number($"{Folder}{name}/rp_filter") ?? 0) == 1)];
        yield return strict.Length == 0
            ? new Finding(Name, FindingLevel.Fine, "no interface filters by reverse path strictly")
            : new Finding(Name, FindingLevel.Advice, $"strict reverse-path filtering on {string.Join(", ", strict)}",
                "datagrams of senders to which no route leads back over the same interface are dropped, seen by tcpdump and by nobody else",
                $"sudo sysctl -w net.ipv4.conf.all.rp_filter=2");
    }
}
