using System.Runtime.InteropServices;
using Recv.Native;
using Recv.Sources.Udp;

namespace Recv.Sources.Frames;

/// <summary>Has a card give frames for other hosts, too, for as long as this is open: also after SIGKILL it ends with the
/// process.</summary>
/// <remarks>
/// <para>It is a membership of a packet socket, which the kernel counts for each interface (packet(7)); the socket is of no protocol, so it
/// receives nothing.</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> the socket.</para>
/// </remarks>
internal sealed unsafe class PromiscuousMode : IDisposable
{
    private int _socket;

    /// <summary>Begins.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public PromiscuousMode(string text, string device)
    {
        Libc.packet_mreq request = new() { mr_ifindex = (int)InterfaceIndex.Find(device, text), mr_type = Libc.PACKET_MR_PROMISC };
        _socket = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        if (_socket >= 0
            && Libc.setsockopt(_socket, Libc.SOL_PACKET, Libc.PACKET_ADD_MEMBERSHIP, &request, (uint)sizeof(Libc.packet_mreq)) == 0) return;
        int error = Marshal.GetLastPInvokeError();
        Dispose();
        throw Packet.PacketRefusal.Of(text, $"promiscuous mode of {device}", error);
    }

    public void Dispose()
    {
        if (_socket >= 0) _ = Libc.close(_socket);
        _socket = -1;
    }
}
