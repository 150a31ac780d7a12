using System.Net;
using System.Runtime.InteropServices;
using Recv.Sources.Udp;

namespace Recv.Sources.Frames;

/// <summary>
/// The sockets behind a source that takes frames beside the kernel: they hold the ports, and are members of the groups so that
/// switches deliver them. They themselves receive nothing.
/// </summary>
/// <remarks>
/// <para>Without them the kernel would answer unicast datagrams with "port unreachable" (packet sockets), another program could take
/// the same port unnoticed, and no switch would send a group here. Each membership is looked up in the kernel's list. What is taken
/// promiscuously is another host's: nothing is held or joined for it.</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> its sockets.</para>
/// </remarks>
internal sealed class FrameHolder : IDisposable
{
    private readonly List<UdpSocket> _sockets = [];
    private PromiscuousMode? _promiscuity;

    /// <summary>Binds and joins.</summary>
    /// <param name="addresses">What the source receives; each with its device.</param>
    /// <exception cref="RecvException">The host refused (exit code 3), or an address is there twice (2).</exception>
    public FrameHolder(IReadOnlyList<SourceAddress> addresses)
    {
        List<(IPEndPoint Address, IPAddress? Sender)> held = [];
        try
        {
            foreach (SourceAddress address in addresses)
            {
                // A VLAN of the device may be named for joining, since the tagged frames come in on the device itself.
                string joined = address.Interface ?? address.Device!;
                if (address.IsPromiscuous) _promiscuity ??= new PromiscuousMode(address.Text, address.Device!);
                foreach (IPEndPoint endpoint in address.Destination!.Endpoints)
                {
                    IPEndPoint taken = address.IsPromiscuous
                        ? endpoint
                        : Hold(new UdpEndpoint(address.Text, endpoint, address.Sender, joined, OnlyHolds: true));
                    held.Add((taken, address.Sender));
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Targets = FrameTarget.Of(held);
        LocalEndpoints = [.. held.Select(one => one.Address)];
    }

    /// <summary>What the source takes.</summary>
    public FrameTarget[] Targets { get; }

    /// <summary>Address and port of each socket: tells the kernel's choice where port 0 was asked.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndpoints { get; }

    /// <summary>The interface of a membership, or of a port, that is gone; null while all are there.</summary>
    public string? FindLostInterface() => UdpSocket.FindLostInterface(CollectionsMarshal.AsSpan(_sockets));

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _promiscuity?.Dispose();
    }

    private IPEndPoint Hold(UdpEndpoint endpoint)
    {
        UdpSocket socket = new(endpoint, gro: false, bufferBytes: 1);
        _sockets.Add(socket);
        int error = SocketFilter.Attach(socket.Descriptor, SocketFilter.Nothing);
        if (error != 0) throw UdpRefusal.Other(endpoint, "a filter for the socket that holds the port", error);
        IPAddress address = endpoint.Address.Address;
        if (EndpointRange.IsGroup(address) && !Membership.IsListed(address, endpoint.Interface!))
            throw RecvException.HostRefused(
                $"source '{endpoint.Text}': the kernel does not list {address} among the groups of {endpoint.Interface} after joining it; "
                + $"see: ip maddress show dev {endpoint.Interface}");
        return socket.Local;
    }
}
