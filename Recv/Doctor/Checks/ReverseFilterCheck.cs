using System.Globalization;

namespace Recv.Doctor.Checks;

/// <summary>
/// Reverse-path filtering throws datagrams away whose sender the host has no route to: strict (1) none over the same interface, loose (2)
/// none at all.
/// </summary>
internal sealed class ReverseFilterCheck : IHostCheck
{
    private const string Name = "reverse-path-filter";
    private const string Folder = "/proc/sys/net/ipv4/conf/";

    // Of the network of the thread, as /proc/sys is.
    private const string Routes = "/proc/thread-self/net/route";
    private const int Strict = 1, Loose = 2;

    public IEnumerable<Finding> Look(HostFacts host)
    {
        bool hasDefault = HasDefaultRoute(host);
        string[] strict = [.. At(host, Strict)], loose = hasDefault ? [] : [.. At(host, Loose)];
        if (strict.Length > 0)
            yield return Advice($"strict reverse-path filtering (rp_filter 1) on {string.Join(", ", strict)}",
                "datagrams of senders to which no route leads back over the same interface are dropped", strict);
        if (loose.Length > 0)
            yield return Advice($"loose reverse-path filtering (rp_filter 2) on {string.Join(", ", loose)}, and no default route",
                "datagrams of senders to which this host has no route are dropped", loose);
        if (strict.Length + loose.Length == 0)
            yield return new Finding(Name, FindingLevel.Fine, hasDefault
                ? "no interface filters by reverse path strictly, and a default route leads to every sender"
                : "no interface filters by reverse path");
    }

    // The kernel takes the larger of an interface's value and that of all.
    private static IEnumerable<string> At(HostFacts host, int mode)
    {
        long all = host.Number(Folder + "all/rp_filter") ?? 0;
        return host.Names(Folder)
            .Where(name => name is not ("all" or "default" or "lo") && (host.Interface is null || name == host.Interface))
            .Where(name => Math.Max(all, host.Number($"{Folder}{name}/rp_filter") ?? 0) == mode);
    }

    private static Finding Advice(string what, string why, string[] interfaces) => new(Name, FindingLevel.Advice, what,
        $"{why}, seen by tcpdump and by nobody else; a route to the senders (ip route add NET dev {interfaces[0]}) helps, too",
        $"sudo sysctl -w net.ipv4.conf.all.rp_filter=0 "
            + $"{string.Join(' ', interfaces.Select(name => $"net.ipv4.conf.{Sysctl(name)}.rp_filter=0"))}");

    // A dot in the name of an interface, as VLANs have, is a slash for sysctl.
    private static string Sysctl(string name) => name.Replace('.', '/');

    // "eth0	00000000	0102A8C0	0003	0	0	100	00000000	...": destination, gateway, flags, and further on the mask.
    private static bool HasDefaultRoute(HostFacts host) => host.Lines(Routes).Skip(1)
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Any(words => words.Length > 7 && words[1] == "00000000" && words[7] == "00000000"
            && int.TryParse(words[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int flags)
            && (flags & (RouteUp | RouteRejects)) == RouteUp);

    // linux/route.h
    private const int RouteUp = 0x1, RouteRejects = 0x200;
}
