using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Addresses in the kernel's form.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static unsafe class SocketAddressBytes
{
    /// <summary>Writes <paramref name="endpoint"/>; <paramref name="interfaceIndex"/> only counts for link-local
    /// IPv6.</summary>
    /// <returns>Bytes of the address.</returns>
    public static uint Write(Libc.sockaddr_storage* to, IPEndPoint endpoint, uint interfaceIndex)
    {
        *to = default;
        ushort port = BinaryPrimitives.ReverseEndianness((ushort)endpoint.Port);
        if (endpoint.AddressFamily == AddressFamily.InterNetwork)
        {
            var v4 = (Libc.sockaddr_in*)to;
            v4->sin_family = Libc.AF_INET;
            v4->sin_port = port;
            endpoint.Address.TryWriteBytes(new Span<byte>(&v4->sin_addr, 4), out _);
            return (uint)sizeof(Libc.sockaddr_in);
        }
        var v6 = (Libc.sockaddr_in6*)to;
        v6->sin6_family = Libc.AF_INET6;
        v6->sin6_port = port;
        endpoint.Address.TryWriteBytes(new Span<byte>(v6->sin6_addr, 16), out _);
        v6->sin6_scope_id = interfaceIndex;
        return (uint)sizeof(Libc.sockaddr_in6);
    }

    /// <summary>The port of an address of either family; it is at the same place in both.</summary>
    public static int Port(Libc.sockaddr_storage* address) =>
        BinaryPrimitives.ReverseEndianness(((Libc.sockaddr_in*)address)->sin_port);
}
