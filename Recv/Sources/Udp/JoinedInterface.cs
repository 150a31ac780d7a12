using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Finds the interface on which the kernel joined a group when none was named: the routes of that moment decided.</summary>
/// <remarks><b>Threading:</b> any thread; it asks in the network namespace of the calling one.</remarks>
internal static unsafe class JoinedInterface
{
    /// <summary>The interface of a membership.</summary>
    /// <param name="descriptor">A socket that has joined.</param>
    /// <param name="group">The group.</param>
    /// <returns>Number and name; 0 when it cannot be told.</returns>
    public static (uint Index, string? Name) Find(int descriptor, IPEndPoint group)
    {
        Libc.if_name_index* all = Libc.if_nameindex();
        if (all == null) return default;
        try
        {
            for (Libc.if_name_index* one = all; one->if_index != 0; one++)
                if (IsMember(descriptor, group, one->if_index)) return (one->if_index, Marshal.PtrToStringUTF8(one->if_name));
            return default;
        }
        finally
        {
            Libc.if_freenameindex(all);
        }
    }

    // The kernel tells the filter of a membership (RFC 3678, section 5.1.3) only to who is a member on that very interface.
    private static bool IsMember(int descriptor, IPEndPoint group, uint index)
    {
        Libc.group_filter filter = new() { gf_interface = index };
        SocketAddressBytes.Write(&filter.gf_group, group, index);
        uint length = (uint)sizeof(Libc.group_filter);
        int level = group.AddressFamily == AddressFamily.InterNetwork ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6;
        return Libc.getsockopt(descriptor, level, Libc.MCAST_MSFILTER, &filter, &length) == 0;
    }
}
