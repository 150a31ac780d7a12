using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Makes a socket a member of a multicast group, or ends that.</summary>
/// <remarks>
/// <para>The calls of RFC 3678 serve both versions of IP and senders. Sandboxes (gVisor) have only the older ones, which do the same for
/// a group of any sender.</para>
/// <para><b>Threading:</b> any thread, while the socket is open.</para>
/// </remarks>
internal static unsafe class GroupMembership
{
    /// <summary>Joins or leaves.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="endpoint">Its group, and the only sender or null.</param>
    /// <param name="index">The interface; 0 leaves the choice to the routes.</param>
    /// <param name="join">Or leave.</param>
    /// <returns>0 or errno.</returns>
    public static int Change(int descriptor, UdpEndpoint endpoint, uint index, bool join)
    {
        bool v4 = endpoint.Address.AddressFamily == AddressFamily.InterNetwork;
        int level = v4 ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6;
        Libc.group_source_req request;
        request.gsr_interface = index;
        SocketAddressBytes.Write(&request.gsr_group, endpoint.Address, index);
        if (endpoint.Sender is { } sender)
        {
            SocketAddressBytes.Write(&request.gsr_source, new IPEndPoint(sender, 0), index);
            int option = join ? Libc.MCAST_JOIN_SOURCE_GROUP : Libc.MCAST_LEAVE_SOURCE_GROUP;
            return Set(descriptor, level, option, &request, sizeof(Libc.group_source_req));
        }
        // A group_req is the front of a group_source_req.
        int error = Set(descriptor, level, join ? Libc.MCAST_JOIN_GROUP : Libc.MCAST_LEAVE_GROUP, &request, sizeof(Libc.group_req));
        if (error is not (Libc.EINVAL or Libc.ENOPROTOOPT)) return error;
        return v4 ? ChangeV4(descriptor, endpoint.Address.Address, index, join)
            : ChangeV6(descriptor, endpoint.Address.Address, index, join);
    }

    private static int ChangeV4(int descriptor, IPAddress group, uint index, bool join)
    {
        Libc.ip_mreqn request = new() { imr_ifindex = (int)index };
        group.TryWriteBytes(new Span<byte>(&request.imr_multiaddr, 4), out _);
        return Set(descriptor, Libc.IPPROTO_IP, join ? Libc.IP_ADD_MEMBERSHIP : Libc.IP_DROP_MEMBERSHIP, &request, sizeof(Libc.ip_mreqn));
    }

    private static int ChangeV6(int descriptor, IPAddress group, uint index, bool join)
    {
        Libc.ipv6_mreq request = new() { ipv6mr_interface = index };
        group.TryWriteBytes(new Span<byte>(request.ipv6mr_multiaddr, 16), out _);
        return Set(descriptor, Libc.IPPROTO_IPV6, join ? Libc.IPV6_ADD_MEMBERSHIP
            : Libc.IPV6_DROP_MEMBERSHIP, &request, sizeof(Libc.ipv6_mreq));
    }

    private static int Set(int descriptor, int level, int option, void* value, int length) =>
        Libc.setsockopt(descriptor, level, option, value, (uint)length) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
