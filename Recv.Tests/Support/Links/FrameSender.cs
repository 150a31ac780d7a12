using System.Runtime.InteropServices;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Tests.Support.Links;

/// <summary>Puts frames onto a cable as they are.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> its socket.</remarks>
internal sealed unsafe class FrameSender : IDisposable
{
    private readonly int _socket;

    /// <summary>A sender at the sender's end of <paramref name="link"/>, or of another cable beside it.</summary>
    public FrameSender(VethPair link, string device = VethPair.SenderDevice) => _socket = link.Sender.Run(() =>
    {
        int socket = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        Libc.sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET,
            sll_ifindex = Device.Find(device, "a test").Index,
        };
        if (Libc.bind(socket, &address, (uint)sizeof(Libc.sockaddr_ll)) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        return socket;
    });

    public void Send(ReadOnlySpan<byte> frame)
    {
        // Ethernet frames have at least 60 bytes; the kernel refuses those shorter than their header.
        byte[] padded = frame.Length >= 60 ? frame.ToArray() : [.. frame, .. new byte[60 - frame.Length]];
        fixed (byte* first = padded)
        {
            if (Libc.write(_socket, first, (nuint)padded.Length) != padded.Length)
                throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    public void Dispose() => _ = Libc.close(_socket);
}
