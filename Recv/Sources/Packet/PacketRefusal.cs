using Recv.Native;

namespace Recv.Sources.Packet;

/// <summary>Turns what the kernel refused to a packet socket into the line that says what to do.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class PacketRefusal
{
    public static RecvException Of(string text, string what, int error) => error switch
    {
        Libc.EPERM or Libc.EACCES => Refused(text,
            $"packet sockets need CAP_NET_RAW; give the program that right ({Capabilities.Grant(Capabilities.NetRaw)}, or docker run "
            + "--cap-add NET_RAW), or receive with udp:"),
        Libc.EAFNOSUPPORT => Refused(text, "this kernel has no packet sockets; load them (modprobe af_packet), or receive with udp:"),
        Libc.ENOMEM => RecvException.SettingRefused(
            $"source '{text}': the kernel has no memory for the ring; ask for less ({Setting.Buffer})"),
        _ => Refused(text, $"{what} failed: {Libc.Describe(error)} (errno {error})"),
    };

    private static RecvException Refused(string text, string what) => RecvException.HostRefused($"source '{text}': {what}");
}
