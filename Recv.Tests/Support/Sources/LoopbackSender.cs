using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Support.Sources;

/// <summary>Sends datagrams to an address or group on this host; they do not leave it.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> its socket.</remarks>
internal sealed class LoopbackSender : IDisposable
{
    public const int SolUdp = 17;
    public const int UdpSegment = 103;
    public const int SolSocket = 1;
    public const int PreferBusyPoll = 69;

    private readonly Socket _socket;
    private readonly IPEndPoint _destination;

    /// <summary>Sends to <paramref name="destination"/> over the interface that tests take for its kind of
    /// group.</summary>
    public LoopbackSender(IPEndPoint destination, IPAddress? from = null) : this(destination, InterfaceFor(destination.Address), from)
    {
    }

    public LoopbackSender(IPEndPoint destination, int interfaceIndex, IPAddress? from = null)
    {
        _destination = destination;
        _socket = new Socket(destination.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (from is not null) _socket.Bind(new IPEndPoint(from, 0));
        if (!IsGroup(destination.Address)) return;
        bool v4 = destination.AddressFamily == AddressFamily.InterNetwork;
        SocketOptionLevel level = v4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
        _socket.SetSocketOption(
            level, SocketOptionName.MulticastInterface, v4 ? IPAddress.HostToNetworkOrder(interfaceIndex) : interfaceIndex);
        _socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, 0);
    }

    public void Send(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _destination);

    /// <summary>Sends <paramref name="bytes"/> as datagrams of <paramref name="segmentBytes"/>, in one piece as far as
    /// the network allows.</summary>
    public void SendSegmented(ReadOnlySpan<byte> bytes, int segmentBytes)
    {
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, segmentBytes);
        _socket.SetRawSocketOption(SolUdp, UdpSegment, size);
        Send(bytes);
        _socket.SetRawSocketOption(SolUdp, UdpSegment, new byte[4]);
    }

    /// <summary>Makes a socket a member of a group on one interface.</summary>
    public static void Join(Socket socket, IPAddress group, int interfaceIndex)
    {
        if (group.AddressFamily == AddressFamily.InterNetwork)
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, interfaceIndex));
        else
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, interfaceIndex));
    }

    /// <summary>The interface that tests take for groups: loopback, unless IPv6 multicast needs another.</summary>
    public static int InterfaceFor(IPAddress group) => group.IsIPv6Multicast
        ? HostNeeds.Ipv6Interface!.GetIPProperties().GetIPv6Properties().Index
        : NetworkInterface.LoopbackInterfaceIndex;

    /// <summary>A port that no socket of this host has just now.</summary>
    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsGroup(IPAddress address) => address.IsIPv6Multicast || address.GetAddressBytes()[0] is >= 224 and < 240;
}
