using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sources;
using Recv.Streams;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Chunks;

/// <summary>Chunks of packet presence mode that a receive thread throws away: it does not zero them whole, and nothing of them is
/// ever seen again.</summary>
public sealed class StaleChunkTests : IDisposable
{
    private const int PacketBytes = 8;
    private const byte Old = 0xee;

    private readonly ChunkPool _pool = new(TestChunks.Shape, 3, PacketBytes, members: 1, prefault: false);
    private readonly DataRing _ring = new(3);
    private readonly StreamCounters _counters = new(TestChunks.Shape.Statistics);
    private readonly ChunkExchange _exchange;
    private readonly ReceiveStream _stream;
    private readonly GuardedMemory _memory = new(4096);
    private readonly Datagram[] _batch = GC.AllocateArray<Datagram>(1, pinned: true);
    private readonly FixedPlaceLayout.Answer _answer = new();

    public StaleChunkTests()
    {
        _exchange = new ChunkExchange(_pool, [_ring], OverrunPolicy.DropOldest, deliverEmpty: false, 0, [_counters]);
        _stream = ReceiveStream.Create(
            new FixedPlaceLayout(_answer), new StreamOptions { MaxChunks = 1, PacketPresenceBytes = PacketBytes }, _exchange, _counters);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _pool.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void AChunkDroppedUnreadComesBackWithoutItsOldBytes()
    {
        FillChunksUntilOneIsDropped(out int chunks);
        // Half of heap 2 and all of heap 5 of a chunk that has had other bytes everywhere.
        Send(chunks, heap: 2, offset: 0, 0x11);
        Send(chunks, heap: 5, offset: 0, 0x22);
        Send(chunks, heap: 5, offset: 8, 0x22);
        Chunk chunk = LastOut();
        Assert.Equal(3, chunk.PresentCount);
        chunk.ZeroAbsent();
        byte[] expected = new byte[128];
        expected.AsSpan(32, 8).Fill(0x11);
        expected.AsSpan(80, 16).Fill(0x22);
        Assert.Equal(expected, chunk.Data.ToArray());
        chunk.Release();
    }

    [Fact]
    public void TheReceiveThreadLeavesTheBytesWhereTheyAre()
    {
        FillChunksUntilOneIsDropped(out int chunks);
        // One heap was zeroed before its packet was placed, and no other.
        Send(chunks, heap: 2, offset: 0, 0x11);
        Chunk chunk = LastOut();
        Assert.Equal([.. Enumerable.Repeat(Old, 32), .. Enumerable.Repeat((byte)0x11, 8), .. new byte[8], .. Enumerable.Repeat(Old, 80)],
            chunk.Data.ToArray());
        chunk.Release();
        // The sink's release zeroes it all.
        Assert.All(Enumerable.Range(0, _pool.Free), _ => Assert.DoesNotContain(Old, _pool.TryTake()!.Data.ToArray()));
    }

    [Fact]
    public void OnlyOneClearsAHeapAndOnlyOnce()
    {
        FillChunksUntilOneIsDropped(out _);
        Chunk chunk = _pool.TryTake() ?? _exchange.Acquire(100)!;
        Assert.True(chunk.TryFreshen(3));
        Assert.Equal(new byte[16], chunk.Slice(48, 16).ToArray());
        chunk.Storage.Span(48, 16).Fill(7);
        Assert.True(chunk.TryFreshen(3));
        Assert.Equal(7, chunk.Slice(48, 1)[0]);
    }

    // The chunk after the last is one that was taken back from the ring, full of old bytes.
    private void FillChunksUntilOneIsDropped(out int chunks)
    {
        chunks = 0;
        while (_exchange.DroppedChunks == 0)
        {
            for (int heap = 0; heap < 8; heap++)
            {
                Send(chunks, heap, 0, Old);
                Send(chunks, heap, 8, Old);
            }
            chunks++;
        }
        // The one under construction is the one that was dropped: it goes out, and the next takes the place of the oldest again.
        Assert.Equal(0, _pool.Free);
    }

    private Chunk LastOut()
    {
        _stream.Finish();
        Chunk? last = null;
        while (_ring.TryTake() is { } chunk)
        {
            last?.Release();
            last = chunk;
        }
        return last!;
    }

    private void Send(long chunk, int heap, int offset, byte value)
    {
        _answer.Place = new Placement { ChunkId = chunk, HeapIndex = heap, Offset = 16 * heap };
        byte[] payload = [.. Enumerable.Repeat(value, 8)];
        _batch[0] = Datagram.Over(_memory.Place(
            new PacketBuilder().Control(chunk * 8 + heap, 16, offset, 8).Immediate(0x1600, 0).Payload(payload).Build()));
        _stream.Process(_batch);
    }
}
