using System.Collections.Immutable;
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

namespace Recv.Tests.Streams;

/// <summary>Layouts in code are other people's: whatever they answer, no byte is written that is not the heap's own.</summary>
public sealed class HostileLayoutTests : IDisposable
{
    private static readonly long[] Extremes =
    [
        long.MinValue, long.MinValue
            + 1, -1L << 32, int.MinValue, -129, -16, -1, 0, 1, 7, 8, 16, 111, 112, 113, 127, 128, 129, int.MaxValue, 1L << 32,
        (1L << 62) - 1, 1L << 62, long.MaxValue / 64 - 1, long.MaxValue / 64, long.MaxValue - 128, long.MaxValue - 1, long.MaxValue,
    ];

    private readonly FixedPlaceLayout.Answer _answer = new();
    private readonly GuardedMemory _memory = new(4096);
    private readonly Datagram[] _batch = GC.AllocateArray<Datagram>(1, pinned: true);
    private long _heapCnt;

    [Fact]
    public void NoPlaceIsWrittenButThatOfTheHeapIndexAndThatIsNotRefused()
    {
        using var bench = new Bench(_answer, packetBytes: 0);
        foreach (long chunkId in Extremes)
        {
            foreach (long index in Extremes)
            {
                foreach (long offset in Extremes)
                {
                    _answer.Place = new Placement { ChunkId = chunkId, HeapIndex = (int)index, Offset = offset, Extra = index };
                    bool inside = chunkId is >= 0 and < long.MaxValue / 64 && (int)index is >= 0 and < 8 && offset == 16 * (int)index;
                    Assert.Equal(inside ? 0 : 1, Rejections(bench, heapBytes: 16, payload: 16));
                }
            }
        }
        Assert.True(bench.Finish()[Outcome.Delivered] + bench.Counters.Snapshot()[Outcome.TooOld] > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    public void AHeapOfAnotherLengthIsRejectedEvenIfTheLayoutTakesIt(int packetBytes)
    {
        using var bench = new Bench(_answer, packetBytes);
        foreach (int heapBytes in (int[])[1, 15, 17, 32, 128, 129, 2000])
        {
            foreach (int index in (int[])[0, 7])
            {
                _answer.Place = new Placement { ChunkId = 1, HeapIndex = index, Offset = 0, Extra = -1 };
                Assert.Equal(1, Rejections(bench, heapBytes, payload: heapBytes));
            }
        }
        Assert.True(bench.IsUntouched);
        Assert.Equal(0, bench.Finish()[Outcome.Delivered]);
    }

    [Fact]
    public void EveryHeapIndexOfPacketPresenceModeMarksItsOwnEntries()
    {
        using var bench = new Bench(_answer, packetBytes: 5);
        for (int index = 0; index < 8; index++)
        {
            _answer.Place = new Placement { ChunkId = 1, HeapIndex = index, Offset = 16 * index };
            Assert.Equal(0, Rejections(bench, heapBytes: 16, payload: 16));
        }
        bench.Finish();
        Chunk chunk = bench.Ring.TryTake()!;
        Assert.Equal(8, chunk.PresentCount);
        Assert.All(Enumerable.Range(0, 8), index => Assert.Equal(1, chunk.Present[4 * index]));
        chunk.Release();
    }

    [Theory]
    [InlineData(Outcome.FirstRejected, 0)]
    [InlineData(Outcome.FirstRejected + 1, 1)]
    [InlineData(Outcome.FirstRejected + 2, 0)]
    [InlineData(Outcome.Delivered, 0)]
    [InlineData((Outcome)(-1), 0)]
    [InlineData((Outcome)int.MinValue, 0)]
    [InlineData((Outcome)int.MaxValue, 0)]
    public void VerdictThatHasNoNameCountsAsTheFirstRejection(Outcome verdict, int counted)
    {
        var answer = new FixedPlaceLayout.Answer
        {
            Shape = TestChunks.Shape with { Statistics = ["metadata_heaps", "bad_timestamp_heaps"] },
            Verdict = verdict,
        };
        using var bench = new Bench(answer, packetBytes: 0);
        Assert.Equal(1, Rejections(bench, heapBytes: 16, payload: 16));
        LedgerSnapshot snapshot = bench.Finish();
        Assert.Equal(1, snapshot[Outcome.FirstRejected + counted]);
        Assert.Equal(1, snapshot[StreamStatistic.FirstOfLayout + counted]);
        Assert.True(bench.IsUntouched);
    }

    [Fact]
    public void ALayoutWithoutStatisticsIsRefusedInOneLine() => AssertRefused(
        TestChunks.Shape with { Statistics = ImmutableArray<string>.Empty }, "Statistics");

    [Fact]
    public void AShapeWhoseHeapsEndBeyondTheChunkIsRefusedInOneLine() => AssertRefused(
        TestChunks.Shape with { ChunkBytes = 127 }, "beyond the chunk");

    [Fact]
    public void AnExtraThatNoNumberFillsIsRefusedInOneLine() => AssertRefused(
        TestChunks.Shape with { Extra = new LayoutExtra("x", "uint128", 16) }, "extra of 16 bytes");

    public void Dispose() => _memory.Dispose();

    private static void AssertRefused(LayoutShape shape, string what)
    {
        RecvException refused = Assert.Throws<RecvException>(() =>
            new Bench(new FixedPlaceLayout.Answer { Shape = shape }, packetBytes: 0).Dispose());
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.Contains("'small'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    // Heaps that the layout "did not place" because of the one heap that is sent here.
    private long Rejections(Bench bench, int heapBytes, int payload)
    {
        long before = bench.Counters[StreamStatistic.RejectedHeaps];
        byte[] bytes = new byte[payload];
        bytes.AsSpan().Fill(0xff);
        byte[] packet = new PacketBuilder().Control(_heapCnt++, heapBytes, 0, payload).Immediate(0x1600, 0).Payload(bytes).Build();
        _batch[0] = Datagram.Over(_memory.Place(packet));
        bench.Stream.Process(_batch);
        return bench.Counters[StreamStatistic.RejectedHeaps] - before;
    }

    private sealed class Bench : IDisposable
    {
        private readonly ChunkPool _pool;

        public Bench(FixedPlaceLayout.Answer answer, int packetBytes)
        {
            _pool = new ChunkPool(TestChunks.Shape, 4, packetBytes, 1, prefault: false);
            Counters = new StreamCounters(answer.Shape.Statistics);
            Ring = new DataRing(4);
            var exchange = new ChunkExchange(_pool, [Ring], OverrunPolicy.DropOldest, deliverEmpty: false, 0, [Counters]);
            Stream = ReceiveStream.Create(
                new FixedPlaceLayout(answer), new StreamOptions { PacketPresenceBytes = packetBytes }, exchange, Counters);
        }

        public ReceiveStream Stream { get; }

        public StreamCounters Counters { get; }

        public DataRing Ring { get; }

        /// <summary>Nothing but zeros in any chunk, neither data nor mask nor what lies between.</summary>
        public bool IsUntouched
        {
            get
            {
                var chunks = new List<Chunk>();
                while (_pool.TryTake() is { } chunk) chunks.Add(chunk);
                bool untouched = chunks.TrueForAll(chunk =>
                    !chunk.Storage.Span(0, (int)chunk.Storage.Length).ContainsAnyExcept((byte)0));
                chunks.ForEach(_pool.Recycle);
                return untouched && chunks.Count > 0;
            }
        }

        public LedgerSnapshot Finish()
        {
            Stream.Finish();
            for (int waiting = Ring.Count; waiting > 0; waiting--)
            {
                Chunk chunk = Ring.TryTake()!;
                chunk.Take();
                Ring.Write(chunk);
            }
            return Counters.Snapshot();
        }

        public void Dispose()
        {
            Stream.Dispose();
            _pool.Dispose();
        }
    }
}
