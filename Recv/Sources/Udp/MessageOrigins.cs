using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Recv.Memory;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Who sent the messages of a batch, to which socket, and when the kernel had them: kept only when asked for.</summary>
/// <remarks><b>Threading:</b> the receive thread. <b>Owns:</b> the room for the senders' names.</remarks>
internal sealed unsafe class MessageOrigins : IDisposable
{
    // linux/time_types.h: a timespec, two 64-bit numbers; with the head of control data that is 32 bytes.
    private const int HeaderBytes = 16;
    private const int TimeBytes = 16;
    private const long Billion = 1_000_000_000;

    private readonly NativeBlock _names;
    private readonly int _capacity;
    private readonly int[] _messageOf;
    private IPEndPoint _socket = new(IPAddress.Any, 0);

    /// <summary>Room for the names of <paramref name="messages"/>, which then point to it.</summary>
    /// <param name="messages">Headers of recvmmsg.</param>
    /// <param name="capacity">How many there are.</param>
    /// <param name="most">Datagrams given at one time at most.</param>
    public MessageOrigins(Libc.mmsghdr* messages, int capacity, int most)
    {
        _capacity = capacity;
        _messageOf = new int[most];
        _names = NativeBlock.Allocate((long)capacity * sizeof(Libc.sockaddr_in6), "the names of senders");
        for (int i = 0; i < capacity; i++) messages[i].msg_hdr.msg_name = _names.Pointer + i * sizeof(Libc.sockaddr_in6);
        Reset(messages);
    }

    /// <summary>Has the kernel stamp what comes to a socket; false when it does not do that.</summary>
    public static bool Stamp(int descriptor)
    {
        int on = 1;
        return Libc.setsockopt(descriptor, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, &on, sizeof(int)) == 0;
    }

    /// <summary>The kernel writes over the room for names as it fills it.</summary>
    public void Reset(Libc.mmsghdr* messages)
    {
        for (int i = 0; i < _capacity; i++) messages[i].msg_hdr.msg_namelen = (uint)sizeof(Libc.sockaddr_in6);
    }

    /// <summary>The messages that are given next came to this address.</summary>
    public void ReceivedAt(IPEndPoint socket) => _socket = socket;

    /// <summary>A datagram given was (a part of) a message.</summary>
    public void Note(int datagram, int message) => _messageOf[datagram] = message;

    /// <summary>The time in the control data of a message; <paramref name="otherwise"/> when it has none.</summary>
    public static long Time(ReadOnlySpan<byte> control, long otherwise)
    {
        while (control.Length >= HeaderBytes + TimeBytes)
        {
            Libc.cmsghdr header = MemoryMarshal.Read<Libc.cmsghdr>(control);
            if (header.cmsg_len < HeaderBytes || header.cmsg_len > (nuint)control.Length) break;
            bool isTime = (header.cmsg_level, header.cmsg_type) is (Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS);
            if (isTime && header.cmsg_len >= HeaderBytes + TimeBytes)
            {
                ReadOnlySpan<long> time = MemoryMarshal.Cast<byte, long>(control.Slice(HeaderBytes, TimeBytes));
                return time[0] * Billion + time[1];
            }
            control = control[Math.Min((int)header.cmsg_len + 7 & ~7, control.Length)..];
        }
        return otherwise;
    }

    /// <summary>The origin of a datagram of the last batch.</summary>
    public DatagramOrigin Of(int datagram)
    {
        byte* name = _names.Pointer + _messageOf[datagram] * sizeof(Libc.sockaddr_in6);
        bool isIpv6 = *(ushort*)name == Libc.AF_INET6;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name + 2, 2));
        // sockaddr_in has the address behind the port, sockaddr_in6 behind port and flow.
        ReadOnlySpan<byte> address = isIpv6 ? new(name + 8, 16) : new(name + 4, 4);
        return new DatagramOrigin(DatagramOrigin.Number(address), port,
            DatagramOrigin.Number(_socket.Address.GetAddressBytes()), (ushort)_socket.Port, isIpv6);
    }

    public void Dispose() => _names.Dispose();
}
