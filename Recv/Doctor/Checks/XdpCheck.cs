using Recv.Native;

namespace Recv.Doctor.Checks;

/// <summary>AF_XDP: the kernel, and the rights.</summary>
internal sealed class XdpCheck : IHostCheck
{
    private const string Name = "af-xdp";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        int[] missing = Capabilities.Missing(Capabilities.NetRaw, Capabilities.NetAdmin, Capabilities.Bpf);
        int error = Libc.TrySocket(Libc.AF_XDP, Libc.SOCK_RAW);
        if (error is Libc.EAFNOSUPPORT)
        {
            yield return new Finding(Name, FindingLevel.Advice, "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)",
                "xdp: sources are not available; packet: and udp: are");
            yield break;
        }
        Version kernel = KernelVersion(host);
        if (kernel < new Version(6, 6))
            yield return new Finding(Name, FindingLevel.Advice, $"Linux {kernel} has AF_XDP for packets of one frame only",
                "packets larger than about 3500 bytes need Linux 6.6 (multi-buffer)",
                "update the kernel, or keep the MTU at 1500");
        yield return missing.Length == 0
            ? new Finding(Name, FindingLevel.Fine, $"AF_XDP is there (Linux {kernel}), and the rights for it")
            : new Finding(Name, FindingLevel.Advice,
                $"AF_XDP is there (Linux {kernel}); this process lacks {string.Join(", ", missing.Select(Capabilities.Name))}",
                "xdp: needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF",
                Capabilities.Grant(Capabilities.NetRaw, Capabilities.NetAdmin, Capabilities.Bpf));
    }

    private static Version KernelVersion(HostFacts host)
    {
        string[] parts = (host.Line("/proc/sys/kernel/osrelease") ?? "").Split('.', '-');
        return parts.Length > 1 && int.TryParse(parts[0], out int major) && int.TryParse(parts[1], out int minor)
            ? new Version(major, minor) : new Version(0, 0);
    }
}
