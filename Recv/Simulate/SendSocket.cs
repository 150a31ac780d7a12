using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Recv.Simulate;

/// <summary>A socket that can send to one destination and to nothing else.</summary>
/// <remarks>
/// <para><b>Threading:</b> one thread.</para>
/// <para><b>Owns:</b> its descriptor.</para>
/// </remarks>
internal sealed class SendSocket : IDisposable
{
    // asm-generic/socket.h, linux/udp.h
    private const int SolSocket = 1;
    private const int BindToIfIndex = 62;
    private const int SolUdp = 17;
    private const int UdpSegment = 103;

    // A send waits while the interface's queue is full; a stop must not wait longer than this.
    private const int SendTimeoutMilliseconds = 50;

    private readonly Socket _socket;
    private int _segmentBytes;

    /// <summary>Opens and connects.</summary>
    /// <exception cref="RecvException">The host refused.</exception>
    public SendSocket(UdpDestination destination)
    {
        int index = destination.InterfaceIndex();
        IPEndPoint end = destination.EndPoint;
        _socket = new Socket(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.SendTimeout = SendTimeoutMilliseconds;
            if (destination.IsMulticast) SetMulticast(end.AddressFamily, index, destination.Ttl);
            else if (index != 0) SetInteger(SolSocket, BindToIfIndex, index);
            _socket.Connect(end);
        }
        catch (SocketException refused)
        {
            _socket.Dispose();
            throw RecvException.HostRefused(
                $"cannot send to {destination}: {refused.Message}; {Cure(refused, destination)}", refused);
        }
    }

    /// <summary>Whether the kernel took the last size for cutting buffers.</summary>
    public bool TrySegment(int bytes)
    {
        if (bytes == _segmentBytes) return true;
        try
        {
            SetInteger(SolUdp, UdpSegment, bytes);
            _segmentBytes = bytes;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends one buffer: a datagram, or several of the segment size.</summary>
    public SocketError Send(ReadOnlySpan<byte> bytes)
    {
        _socket.Send(bytes, SocketFlags.None, out SocketError error);
        // Someone told us that nobody listened to an earlier datagram; this one was not looked at yet.
        if (error == SocketError.ConnectionRefused) _socket.Send(bytes, SocketFlags.None, out error);
        return error;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // An interface without a route for groups, such as lo, is not unreachable for good.
    private static string Cure(SocketException refused, UdpDestination destination)
    {
        if (refused.SocketErrorCode != SocketError.NetworkUnreachable || !destination.IsMulticast)
            return "check address and interface";
        bool isV6 = destination.EndPoint.AddressFamily == AddressFamily.InterNetworkV6;
        string add = isV6 ? "ip -6 route add ff00::/8" : "ip route add 224.0.0.0/4";
        return $"give the interface a route for groups: {add} dev {destination.Interface} table local";
    }

    private void SetMulticast(AddressFamily family, int index, int ttl)
    {
        bool isV6 = family == AddressFamily.InterNetworkV6;
        SocketOptionLevel level = isV6 ? SocketOptionLevel.IPv6 : SocketOptionLevel.IP;
        // .NET wants the index of an IPv4 interface in network order, to tell it from an address.
        int byFamily = isV6 ? index : IPAddress.HostToNetworkOrder(index);
        _socket.SetSocketOption(level, SocketOptionName.MulticastInterface, byFamily);
        _socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, ttl);
        _socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, true);
    }

    private void SetInteger(int level, int option, int value) =>
        _socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
