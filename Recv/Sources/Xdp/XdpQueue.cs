using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Recv.Memory;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Sources.Xdp;

/// <summary>Takes packets out of the frames of one queue and gives the frames back in the order in which they came.</summary>
/// <remarks>
/// <para>Datagrams are given where the kernel wrote them. Of a packet in several frames the pieces lie behind one another as long as
/// frames are <see cref="UmemLayout.IsDense">dense</see> and in order; where they do not, at the end of the memory say, they are
/// joined in a buffer first.</para>
/// <para>The frames of a batch stay in the ring of full frames until <see cref="Release"/>, so that nothing else needs to remember
/// them.</para>
/// <para><b>Threading:</b> the receive thread. <b>Owns:</b> the joining buffer; the socket is lent.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class XdpQueue : IDisposable
{
    private const int JoinBytes = 512 * 1024;
    private const int LongestPacket = 64 * 1024;
    private const int PrefetchDistance = 4;
    private const ulong BaseMask = (1UL << Libc.XSK_UNALIGNED_BUF_OFFSET_SHIFT) - 1;

    private readonly XdpSocket _socket;
    private readonly byte* _memory;
    private readonly UmemLayout _layout;
    private readonly FrameParser _parser;
    private readonly FrameSkips _skips;
    private readonly NativeBlock _join = NativeBlock.Allocate(JoinBytes, "joining packets");
    private uint _taken;
    private uint _released;
    private int _joined;

    public XdpQueue(XdpSocket socket, byte* memory, UmemLayout layout, FrameParser parser, FrameSkips skips)
    {
        _memory = memory;
        (_socket, _layout, _parser, _skips) = (socket, layout, parser, skips);
        // The socket may have had another reader.
        _taken = _released = socket.Received.Consumed;
        _join.Prefault();
    }

    /// <summary>Packets that had to be joined.</summary>
    public long Joined { get; private set; }

    /// <summary>Frames that wait in the ring; any thread, for tests.</summary>
    public long Waiting => _socket.Received.Produced - _socket.Received.Consumed;

    /// <summary>The kernel waits for a system call before it looks at the empty frames.</summary>
    public bool NeedsWakeup => _socket.Empty.NeedsWakeup;

    /// <summary>True when packets were taken that have not been released.</summary>
    public bool HasTaken => _taken != _released;

    /// <summary>Gives what is there.</summary>
    public int Take(Span<Datagram> batch)
    {
        XdpRing<Libc.xdp_desc> ring = _socket.Received;
        uint end = ring.Produced;
        if (end == _taken) return 0;
        // One reading of the clock for all.
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        int given = 0;
        _joined = 0;
        while (given < batch.Length && _taken != end)
        {
            if (end - _taken > PrefetchDistance) Prefetch(ring[_taken + PrefetchDistance]);
            ref readonly Libc.xdp_desc first = ref ring[_taken];
            byte* frame = Pointer(first.addr);
            int length = (int)first.len;
            uint frames = 1;
            if ((first.options & Libc.XDP_PKT_CONTD) != 0 && !TryGather(ring, end, ref frame, ref length, ref frames)) break;
            _taken += frames;
            FrameSkip skip = _parser.Read(frame, length, isCut: false, out batch[given]);
            if (skip == FrameSkip.None) batch[given++].ArrivalNanoseconds = now;
            else _skips.Count(skip);
        }
        return given;
    }

    /// <summary>Gives the frames of all packets that were taken back to the kernel.</summary>
    public void Release()
    {
        if (_released == _taken) return;
        XdpRing<Libc.xdp_desc> full = _socket.Received;
        XdpRing<ulong> empty = _socket.Empty;
        ulong mask = _layout.FrameMask;
        uint at = empty.Produced;
        for (; _released != _taken; _released++) empty[at++] = full[_released].addr & mask;
        empty.Produced = at;
        full.Consumed = _released;
        if (empty.NeedsWakeup) _socket.Kick();
    }

    public void Dispose() => _join.Dispose();

    /// <summary>All frames of a packet; false when the kernel has not yet delivered the last, or this batch has no room to join
    /// it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGather(XdpRing<Libc.xdp_desc> ring, uint end, ref byte* frame, ref int length, ref uint frames)
    {
        bool isInOnePiece = true;
        byte* next = frame + length;
        uint at = _taken;
        int total = length;
        do
        {
            if (++at == end) return false;
            ref readonly Libc.xdp_desc piece = ref ring[at];
            byte* where = Pointer(piece.addr);
            isInOnePiece &= where == next;
            next = where + piece.len;
            total += (int)piece.len;
        }
        while ((ring[at].options & Libc.XDP_PKT_CONTD) != 0);
        if (!isInOnePiece && !TryJoin(ring, at, total, ref frame)) return false;
        frames = at - _taken + 1;
        length = Math.Min(total, LongestPacket);
        return true;
    }

    private bool TryJoin(XdpRing<Libc.xdp_desc> ring, uint last, int total, ref byte* frame)
    {
        int length = Math.Min(total, LongestPacket);
        if (_joined + length > JoinBytes) return false;
        byte* joined = _join.Pointer + _joined;
        int copied = 0;
        for (uint at = _taken; copied < length; at++)
        {
            ref readonly Libc.xdp_desc piece = ref ring[at];
            int bytes = Math.Min((int)piece.len, length - copied);
            Buffer.MemoryCopy(Pointer(piece.addr), joined + copied, length - copied, bytes);
            copied += bytes;
            if (at == last) break;
        }
        // The next one on a line of its own.
        _joined += length + 63 & -64;
        Joined++;
        frame = joined;
        return true;
    }

    // The offset into a frame that may begin anywhere is in the upper bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Pointer(ulong address) => _memory + (address & BaseMask) + (address >> Libc.XSK_UNALIGNED_BUF_OFFSET_SHIFT);

    // Link and IP headers lie in the first line, those of SPEAD mostly in the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(in Libc.xdp_desc descriptor)
    {
        if (!Sse.IsSupported) return;
        byte* frame = Pointer(descriptor.addr);
        Sse.Prefetch0(frame);
        Sse.Prefetch0(frame + 64);
    }
}
