using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>Turns what the kernel refused to AF_XDP into the line that says what to do.</summary>
/// <remarks><b>Threading:</b> asks for the rights of the calling thread.</remarks>
internal static class XdpRefusal
{
    /// <summary>A system call that failed for lack of a right, or otherwise.</summary>
    public static RecvException Of(string text, string what, int error) => error switch
    {
        Libc.EPERM or Libc.EACCES => Rights(text),
        Libc.EAFNOSUPPORT or Libc.ENOSYS => Refused(text,
            "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS, CONFIG_BPF_SYSCALL); receive with packet: or udp:"),
        Libc.ENOBUFS or Libc.ENOMEM => Refused(text,
            $"{what}: the process may not lock so much memory; raise the limit (ulimit -l, "
            + "LimitMEMLOCK=infinity in its systemd unit), give it CAP_IPC_LOCK, or ask for fewer frames "
            + "(?frames=4096, the fewest, takes 7 to 16 MiB for each queue)"),
        _ => Refused(text, $"{what} failed: {Libc.Describe(error)} (errno {error})"),
    };

    /// <summary>Which rights are missing.</summary>
    public static RecvException Rights(string text)
    {
        int[] missing = Capabilities.Missing(Capabilities.NetRaw, Capabilities.NetAdmin, Capabilities.Bpf);
        string names = string.Join(", ", missing.Select(Capabilities.Name));
        return Refused(text, missing.Length == 0
            ? "the kernel refuses AF_XDP although all rights are there: a seccomp filter, a lockdown or a user namespace; "
                + "run outside the container's namespace, or receive with udp:"
            : $"AF_XDP needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF, and this process lacks {names}; give them "
                + $"({Capabilities.Grant(Capabilities.NetRaw, Capabilities.NetAdmin, Capabilities.Bpf)}), or receive with udp:");
    }

    /// <summary>The kernel's verifier says more than errno does; its last lines are the ones that matter.</summary>
    public static RecvException OfProgram(string text, int error, string log) => log.Length == 0
        ? Of(text, "loading the XDP program", error)
        : Refused(text, "this kernel's verifier refuses the XDP program, please report it: "
            + string.Join("; ", log.Split('\n').TakeLast(3)));

    public static RecvException OfAttach(string text, string device, int mtu, int error) => error switch
    {
        Libc.EBUSY or Libc.EEXIST => Refused(text,
            $"{device} has another XDP program already; see whose it is (ip -d link show {device}, bpftool link) and stop that program; "
            + $"one that was left behind without a program goes by: ip link set {device} xdp off"),
        Libc.ERANGE => Refused(text,
            $"the driver of {device} takes no XDP program at an MTU of {mtu}; lower it (ip link set {device} mtu 1500), or ?mode=generic"),
        Libc.EOPNOTSUPP => Refused(text, $"the driver of {device} has no XDP; leave out ?mode= or write ?mode=generic"),
        _ => Of(text, $"attaching the XDP program to {device}", error),
    };

    public static RecvException OfBind(string text, string device, int queue, bool needsSegments, int error) => error switch
    {
        Libc.EBUSY => Refused(text,
            $"queue {queue} of {device} has another AF_XDP socket already; stop the program that has it, or name another queue"),
        Libc.EOPNOTSUPP or Libc.EINVAL when needsSegments => Refused(text,
            $"the kernel or the driver of {device} cannot give packets larger than a frame (multi-buffer, Linux 6.6); lower the MTU "
            + $"(ip link set {device} mtu 3498), or receive with packet: or udp:"),
        Libc.EOPNOTSUPP => Refused(text, $"the driver of {device} has no zero-copy; leave out ?mode= or write ?mode=copy"),
        Libc.EINVAL => Refused(text, $"{device} has no queue {queue}; see: ethtool -l {device}"),
        _ => Of(text, $"binding to queue {queue} of {device}", error),
    };

    public static RecvException Refused(string text, string what) => RecvException.HostRefused($"source '{text}': {what}");
}
