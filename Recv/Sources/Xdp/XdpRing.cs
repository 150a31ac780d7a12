using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>
/// One ring between us and the kernel: a counter that only the producer moves, a counter that only the consumer moves, and entries.
/// </summary>
/// <remarks>
/// <para>Counters run over; an entry's place is its number modulo the size. Entries are written before the producer's counter is
/// (release) and read after it was (acquire); the consumer's counter moves after the entries were read.</para>
/// <para><b>Threading:</b> our side belongs to the receive thread. <b>Owns:</b> the mapping.</para>
/// </remarks>
internal sealed unsafe class XdpRing<T> : IDisposable where T : unmanaged
{
    private readonly uint* _producer;
    private readonly uint* _consumer;
    private readonly uint* _flags;
    private readonly T* _entries;
    private readonly uint _mask;
    private readonly nuint _bytes;
    private nint _map;

    /// <summary>Maps a ring that the socket has been told to make.</summary>
    /// <returns>Null with errno when the kernel refuses.</returns>
    public static XdpRing<T>? Map(int socket, long offset, in Libc.xdp_ring_offset layout, int entries, out int error)
    {
        nuint bytes = (nuint)layout.desc + (nuint)entries * (nuint)sizeof(T);
        nint map = Libc.mmap(0, bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_POPULATE, socket, (nint)offset);
        error = map == Libc.MAP_FAILED ? Marshal.GetLastPInvokeError() : 0;
        return error != 0 ? null : new XdpRing<T>(map, bytes, layout, entries);
    }

    private XdpRing(nint map, nuint bytes, in Libc.xdp_ring_offset layout, int entries)
    {
        (_map, _bytes, _mask) = (map, bytes, (uint)entries - 1);
        _producer = (uint*)(map + (nint)layout.producer);
        _consumer = (uint*)(map + (nint)layout.consumer);
        _flags = (uint*)(map + (nint)layout.flags);
        _entries = (T*)(map + (nint)layout.desc);
    }

    /// <summary>How far the producer is; what it wrote before is visible.</summary>
    public uint Produced
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *_producer);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *_producer, value);
    }

    /// <summary>How far the consumer is; it will not look at older entries again.</summary>
    public uint Consumed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *_consumer);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Volatile.Write(ref *_consumer, value);
    }

    /// <summary>The kernel waits for a system call before it looks at the ring.</summary>
    public bool NeedsWakeup => (Volatile.Read(ref *_flags) & Libc.XDP_RING_NEED_WAKEUP) != 0;

    /// <summary>The entry of this number.</summary>
    public ref T this[uint number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _entries[number & _mask];
    }

    public void Dispose()
    {
        if (_map != 0) _ = Libc.munmap(_map, _bytes);
        _map = 0;
    }
}
