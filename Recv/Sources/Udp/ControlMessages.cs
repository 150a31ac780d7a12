using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Reads what the kernel says beside a message.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal static class ControlMessages
{
    /// <summary>Room for both pieces (24 bytes each) and the time of arrival (32), with some to spare.</summary>
    public const int Room = 96;

    private const int HeaderBytes = 16;
    private const int Alignment = 8;

    /// <summary>Reads the pieces that we asked for.</summary>
    /// <param name="control">Control data of one message.</param>
    /// <param name="segmentBytes">Size of the packets that the message is made of (UDP GRO); 0 when it is one
    /// packet.</param>
    /// <param name="drops">The socket's count of drops when the message was queued; unchanged when not told (it is not
    /// while zero).</param>
    public static void Read(ReadOnlySpan<byte> control, out int segmentBytes, ref uint drops)
    {
        segmentBytes = 0;
        while (control.Length >= HeaderBytes + sizeof(int))
        {
            Libc.cmsghdr header = MemoryMarshal.Read<Libc.cmsghdr>(control);
            if (header.cmsg_len < HeaderBytes + sizeof(int) || header.cmsg_len > (nuint)control.Length) return;
            int value = MemoryMarshal.Read<int>(control[HeaderBytes..]);
            (int Level, int Type) piece = (header.cmsg_level, header.cmsg_type);
            if (piece is (Libc.IPPROTO_UDP, Libc.UDP_GRO)) segmentBytes = Math.Max(0, value);
            if (piece is (Libc.SOL_SOCKET, Libc.SO_RXQ_OVFL)) drops = (uint)value;
            int used = (int)header.cmsg_len + Alignment - 1 & -Alignment;
            control = control[Math.Min(used, control.Length)..];
        }
    }
}
