using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>One socket that receives one unicast address or one multicast group, and nothing else.</summary>
/// <remarks>
/// <para>A socket is bound to its address or group and takes no part in the memberships of others (IP_MULTICAST_ALL 0), so it
/// receives only what it joined; one that is bound to every address, nothing that is multicast. Never SO_REUSEPORT: several such sockets
/// would each get a copy or a share.</para>
/// <para><b>Threading:</b> the receive thread. <b>Owns:</b> the descriptor.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class UdpSocket : IDisposable
{
    // Only whether it is 0 counts for a receive that does not block.
    private const int BusyPollMicroseconds = 50;

    // Packets that one look at the card's queue takes; 64 is what its driver takes in an interrupt (NAPI_POLL_WEIGHT).
    private const int BusyPollBudget = 64;

    private readonly UdpEndpoint _endpoint;
    private readonly uint _interface;
    private readonly string? _interfaceName;
    private readonly List<string> _warnings = [];

    // The interface that it is bound to, or a member on; 0 for none.
    private readonly (uint Index, string? Name) _home;
    private uint _drops;

    /// <summary>Opens, binds and joins.</summary>
    /// <param name="endpoint">What to receive.</param>
    /// <param name="gro">Ask for UDP GRO.</param>
    /// <param name="bufferBytes">Receive buffer to ask for, as the kernel accounts it.</param>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public UdpSocket(UdpEndpoint endpoint, bool gro, long bufferBytes)
    {
        _endpoint = endpoint;
        (_interface, _interfaceName) = InterfaceIndex.FindNamed(endpoint.Interface, endpoint.Text);
        bool v4 = endpoint.Address.AddressFamily == AddressFamily.InterNetwork;
        int type = Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
        Descriptor = Libc.socket(v4 ? Libc.AF_INET : Libc.AF_INET6, type, Libc.IPPROTO_UDP);
        if (Descriptor < 0) throw UdpRefusal.OfSocket(endpoint, Marshal.GetLastPInvokeError());
        try
        {
            BufferBytes = SetBuffer(bufferBytes);
            Prepare(v4, gro);
            Local = Bind();
            if (IsGroup && Membership(join: true) is var error and not 0) throw UdpRefusal.OfJoin(endpoint, error);
            _home = IsGroup && _interface == 0 ? JoinedInterface.Find(Descriptor, endpoint.Address) : (_interface, endpoint.Interface);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Descriptor { get; private set; }

    /// <summary>Receive buffer granted, as the kernel accounts it.</summary>
    public long BufferBytes { get; }

    /// <summary>Address and port bound; the kernel's choice where 0 was asked.</summary>
    public IPEndPoint Local { get; }

    /// <summary>The kernel's count of drops, as last seen: 32 bits that wrap.</summary>
    public uint Drops => _drops;

    /// <summary>What it receives.</summary>
    public UdpEndpoint Endpoint => _endpoint;

    /// <summary>When the receive thread last looked into it, in ticks of <see cref="System.Diagnostics.Stopwatch"/>; 0 before. The
    /// receive thread's.</summary>
    public long LastVisit { get; set; }

    /// <summary>What the kernel accounts at most: twice INT_MAX / 2 (sock_setsockopt in net/core/sock.c), whatever
    /// net.core.rmem_max says.</summary>
    public const long LargestBuffer = int.MaxValue - 1;

    /// <summary>What this kernel or sandbox does not have, and what that means, a line each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The interface that it is bound to, or a member on; null for none.</summary>
    public string? Interface => _home.Name is null ? null : _interfaceName ?? _home.Name;

    /// <summary>Whether it receives a multicast group.</summary>
    public bool IsGroup => EndpointRange.IsGroup(_endpoint.Address.Address);

    /// <summary>Ends the membership: nothing new comes, what is queued stays. From any thread, while open.</summary>
    public void Leave() => _ = Membership(join: false);

    /// <summary>Finds an interface that sockets are bound to, or members on, and that is gone: it takes both with it.</summary>
    /// <returns>Its name; null while all are there, and for sockets bound to an address only, which come back with that.</returns>
    public static string? FindLostInterface(ReadOnlySpan<UdpSocket> sockets)
    {
        uint there = 0;
        foreach (UdpSocket socket in sockets)
        {
            // Groups of one source mostly share theirs.
            if (socket._home.Index == there) continue;
            if (socket.HasLostInterface()) return socket._home.Name;
            there = socket._home.Index;
        }
        return null;
    }

    // By number: one that has the name now may be another. In the network of the socket, whatever that of the calling thread is.
    private bool HasLostInterface()
    {
        Libc.if_request question = new() { ifr_value = _home.Index };
        return _home.Index != 0 && Libc.ioctl(Descriptor, Libc.SIOCGIFNAME, &question) != 0
            && Marshal.GetLastPInvokeError() == Libc.ENODEV;
    }

    /// <summary>Takes note of a count of drops.</summary>
    /// <returns>How many are new.</returns>
    public uint NoteDrops(uint count)
    {
        // A message carries the count of the time when it was queued, which may be older than what SO_MEMINFO said.
        int more = (int)(count - _drops);
        if (more <= 0) return 0;
        _drops = count;
        return (uint)more;
    }

    /// <summary>Asks the kernel for the count of drops now.</summary>
    /// <returns>How many are new.</returns>
    public uint ReadDrops()
    {
        uint* info = stackalloc uint[Libc.SK_MEMINFO_VARS];
        uint length = Libc.SK_MEMINFO_VARS * sizeof(uint);
        int result = Libc.getsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_MEMINFO, info, &length);
        bool told = result == 0 && length > Libc.SK_MEMINFO_DROPS * sizeof(uint);
        return told ? NoteDrops(info[Libc.SK_MEMINFO_DROPS]) : 0;
    }

    /// <summary>Has receiving poll the queue of the network card rather than wait for its interrupt.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void BusyPoll()
    {
        if (Set(Libc.SOL_SOCKET, Libc.SO_BUSY_POLL, BusyPollMicroseconds) != 0
            || Set(Libc.SOL_SOCKET, Libc.SO_PREFER_BUSY_POLL, 1) != 0
            || Set(Libc.SOL_SOCKET, Libc.SO_BUSY_POLL_BUDGET, BusyPollBudget) != 0)
            throw UdpRefusal.OfBusyPoll(_endpoint, Marshal.GetLastPInvokeError());
    }

    public void Dispose()
    {
        if (Descriptor >= 0) _ = Libc.close(Descriptor);
        Descriptor = -1;
    }

    private long SetBuffer(long bytes)
    {
        // The kernel doubles the value to have room for its own overhead; what it accounts is the double.
        int half = (int)((Math.Min(bytes, LargestBuffer) + 1) / 2);
        // Beyond net.core.rmem_max only with CAP_NET_ADMIN; without it the ordinary call gives what the limit allows.
        if (Set(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, half) != 0)
            Ensure(Libc.SOL_SOCKET, Libc.SO_RCVBUF, half, "SO_RCVBUF");
        int granted;
        uint length = sizeof(int);
        if (Libc.getsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, &granted, &length) != 0)
            throw UdpRefusal.Other(_endpoint, "reading SO_RCVBUF", Marshal.GetLastPInvokeError());
        return granted;
    }

    private void Prepare(bool v4, bool gro)
    {
        if (Set(Libc.SOL_SOCKET, Libc.SO_RXQ_OVFL, 1) != 0)
            _warnings.Add("this kernel does not count what it drops (SO_RXQ_OVFL): kernel_dropped stays 0 whatever is lost");
        if (!v4) Ensure(Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
        // A kernel before 5.0 has no UDP GRO: it gives packets one by one, which is right too.
        if (gro) _ = Set(Libc.IPPROTO_UDP, Libc.UDP_GRO, 1);
        if (IsGroup) Ensure(Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1, "SO_REUSEADDR");
        bool keepsOut = KeepOutOtherMemberships(v4);
        // With IP_MULTICAST_ALL 0, IPv4 compares the interface of a membership; IPv6 only its group; a unicast socket has no membership at
        // all.
        if (_interface != 0 && !(v4 && IsGroup && keepsOut)) BindToInterface();
    }

    /// <summary>Has the socket take no part in what other programs joined, whatever it is bound to.</summary>
    /// <returns>Whether the kernel can do that.</returns>
    private bool KeepOutOtherMemberships(bool v4)
    {
        (int level, int option, string name) = v4
            ? (Libc.IPPROTO_IP, Libc.IP_MULTICAST_ALL, "IP_MULTICAST_ALL")
            : (Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL");
        if (Set(level, option, 0) == 0) return true;
        IPAddress address = _endpoint.Address.Address;
        if (address.Equals(v4 ? IPAddress.Any : IPAddress.IPv6Any)) throw UdpRefusal.OfWildcard(_endpoint, name);
        // A datagram to a group does not reach a socket that is bound to an address.
        if (IsGroup) _warnings.Add($"this kernel has no {name}: " + (_interface != 0
            ? $"the socket of {address} is bound to {_endpoint.Interface} instead"
            : $"{address} is received on every interface where some program joins it; name the interface (?if=eth0) if that may be "
            + $"another"));
        return false;
    }

    private void BindToInterface()
    {
        int error = Set(Libc.SOL_SOCKET, Libc.SO_BINDTOIFINDEX, (int)_interface) == 0 ? 0 : Marshal.GetLastPInvokeError();
        // Linux before 5.1 and gVisor have only the older option, which takes the name.
        if (error is Libc.ENOPROTOOPT or Libc.EINVAL)
        {
            byte[] name = Encoding.UTF8.GetBytes(_interfaceName!);
            fixed (byte* bytes = name)
                error = Libc.setsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, bytes, (uint)name.Length) == 0 ? 0
                    : Marshal.GetLastPInvokeError();
        }
        if (error != 0) throw UdpRefusal.OfInterface(_endpoint, error);
    }

    private IPEndPoint Bind()
    {
        Libc.sockaddr_storage address;
        uint length = SocketAddressBytes.Write(&address, _endpoint.Address, _interface);
        if (Libc.bind(Descriptor, &address, length) != 0 || Libc.getsockname(Descriptor, &address, &length) != 0)
            throw UdpRefusal.OfBind(_endpoint, Marshal.GetLastPInvokeError());
        return new IPEndPoint(_endpoint.Address.Address, SocketAddressBytes.Port(&address));
    }

    private int Membership(bool join) => GroupMembership.Change(Descriptor, _endpoint, _interface, join);

    private void Ensure(int level, int option, int value, string name)
    {
        if (Set(level, option, value) != 0) throw UdpRefusal.Other(_endpoint, name, Marshal.GetLastPInvokeError());
    }

    private int Set(int level, int option, int value) =>
        Libc.setsockopt(Descriptor, level, option, &value, sizeof(int));
}
