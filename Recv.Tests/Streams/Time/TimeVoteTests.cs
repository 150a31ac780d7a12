using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources.Memory;
using Recv.Streams.Time;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Streams.Time;

public sealed class TimeVoteTests
{
    // Chunks of 4 batches of 512 samples, both polarisations: 8 heaps; 8-bit samples.
    private const int HeapSamples = 512;
    private const int ChunkBatches = 4;
    private const long ChunkStep = HeapSamples * ChunkBatches;
    private const long Wrap = 1L << 48;

    private long _heapCnt;

    [Fact]
    public void TimestampsGoOnAcrossTheWrapOfTheirBits()
    {
        long start = Wrap - 3 * ChunkStep;
        Outcomes outcomes = Receive(TimePolicy.Resync, Chunks(start, 6));

        Assert.Equal(Enumerable.Range(0, 6).Select(i => start / ChunkStep + i), outcomes.FullChunks);
        Assert.Equal(6 * 8, outcomes.Ledger[Outcome.Delivered]);
        Assert.Equal(0, outcomes.Resyncs);
        Assert.Equal(0, outcomes.MissingHeaps);
    }

    [Theory]
    [InlineData(Wrap - ChunkStep)]
    [InlineData(Wrap - HeapSamples)]
    [InlineData(Wrap - 1_000_000 * ChunkStep)]
    [InlineData(3_000_000 * ChunkStep)]
    public void AWildFirstHeapDoesNotShiftTheFeedByAWrap(long wild)
    {
        Outcomes outcomes = Receive(TimePolicy.Resync, [Heap(wild, 0), .. Chunks(2 * ChunkStep, 6)]);

        Assert.Equal([2, 3, 4, 5, 6, 7], outcomes.ChunkIds.TakeLast(6));
        Assert.Equal(TimeVote.AgreeingHeaps - 1, outcomes.Ledger[Outcome.TimeJump]);
        Assert.Equal(1, outcomes.Resyncs);
    }

    [Fact]
    public void AJumpThatLeavesChunksOutSaysThatTheyAreNotCounted()
    {
        Outcomes ahead = Receive(TimePolicy.Resync, [.. Chunks(100 * ChunkStep, 4), .. Chunks(5000 * ChunkStep, 4)]);
        Assert.Equal("time jumped from chunk 103 to chunk 5000 and is followed; the 4896 chunks between are not counted as missing",
            ahead.LastJump);
        Assert.Equal((1, 4896), (ahead.Resyncs, ahead.SkippedChunks));
        Assert.Equal(0, ahead.ReorderDepth);

        Outcomes back = Receive(TimePolicy.Resync, [.. Chunks(5000 * ChunkStep, 4), .. Chunks(100 * ChunkStep, 4)]);
        Assert.Equal("time jumped from chunk 5003 to chunk 100 and is followed", back.LastJump);
        Assert.Equal((1, 0), (back.Resyncs, back.SkippedChunks));
        // Two times do not compare.
        Assert.Equal(0, back.ReorderDepth);
    }

    [Fact]
    public void HeldTimestampsGoBackToZeroAtTheWrapAndAreTooOld()
    {
        Outcomes outcomes = Receive(TimePolicy.Hold, Chunks(Wrap - 3 * ChunkStep, 6));

        Assert.Equal(3 * 8, outcomes.Ledger[Outcome.Delivered]);
        Assert.Equal(3 * 8, outcomes.Ledger[Outcome.TooOld]);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(5)]
    public void OneWildPacketIsATimeJumpAndMovesNothing(long wildChunk)
    {
        List<byte[]> packets = [.. Chunks(100 * ChunkStep, 4)];
        packets.Insert(11, Heap(wildChunk * ChunkStep, 0));
        Outcomes outcomes = Receive(TimePolicy.Resync, packets);

        Assert.Equal([100, 101, 102, 103], outcomes.FullChunks);
        Assert.Equal(1, outcomes.Ledger[Outcome.TimeJump]);
        Assert.Equal(0, outcomes.Resyncs);
    }

    [Fact]
    public void OneWildPacketMovesAHeldWindowForGood()
    {
        List<byte[]> packets = [.. Chunks(100 * ChunkStep, 4)];
        packets.Insert(11, Heap(1_000_000 * ChunkStep, 0));
        Outcomes outcomes = Receive(TimePolicy.Hold, packets);

        Assert.Equal(4 * 8 - 11, outcomes.Ledger[Outcome.TooOld]);
    }

    [Fact]
    public void OneSenderOfSeveralNeverMovesTheStream()
    {
        // Polarisation 1 is off by a day all the time.
        IEnumerable<byte[]> packets = Enumerable.Range(0, 40).SelectMany(i => new[]
        {
            Heap(100 * ChunkStep + i * HeapSamples, 0),
            Heap(9_000_000 * ChunkStep + i * HeapSamples, 1),
        });
        Outcomes outcomes = Receive(TimePolicy.Resync, packets);

        Assert.Equal(40, outcomes.Ledger[Outcome.Delivered]);
        Assert.Equal(40, outcomes.Ledger[Outcome.TimeJump]);
        Assert.Equal(0, outcomes.Resyncs);
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1000, 5_000_000)]
    public void AResetOfTheClockIsFollowedOnceEightHeapsAgree(long before, long after)
    {
        Outcomes outcomes = Receive(TimePolicy.Resync, [.. Chunks(before * ChunkStep, 4), .. Chunks(after * ChunkStep, 4)]);

        Assert.Equal(TimeVote.AgreeingHeaps - 1, outcomes.Ledger[Outcome.TimeJump]);
        Assert.Equal([before, before + 1, before + 2, before + 3, after, after + 1, after + 2, after + 3], outcomes.ChunkIds);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], outcomes.Epochs);
        Assert.Equal(1, outcomes.Resyncs);
        Assert.Equal(outcomes.Seen, outcomes.Ledger.Outcomes.Sum());
    }

    [Fact]
    public void EveryJumpOfAFeedThatJumpsOftenIsFollowed()
    {
        IEnumerable<byte[]> packets = Enumerable.Range(0, 30).SelectMany(i => Chunks((i % 2 == 0 ? 1000 : 500_000) * ChunkStep, 3));
        Outcomes outcomes = Receive(TimePolicy.Resync, packets);

        Assert.Equal(29, outcomes.Resyncs);
        Assert.Equal(29 * (TimeVote.AgreeingHeaps - 1), outcomes.Ledger[Outcome.TimeJump]);
        Assert.Equal(outcomes.Seen - outcomes.Ledger[Outcome.TimeJump], outcomes.Ledger[Outcome.Delivered]);
    }

    [Fact]
    public void TimeExitEndsTheReceiverAtAJumpWithWhatCameBefore()
    {
        Outcomes outcomes = Receive(TimePolicy.Exit, [.. Chunks(1000 * ChunkStep, 4), .. Chunks(7 * ChunkStep, 4)]);

        RecvException failure = Assert.IsType<RecvException>(outcomes.Failure);
        Assert.Equal(RecvException.Loss, failure.ExitCode);
        Assert.Contains("jumped from chunk 1003 to chunk", failure.Message);
        Assert.Equal(4 * 8, outcomes.Ledger[Outcome.Delivered]);
        Assert.Equal(outcomes.Seen, outcomes.Ledger.Outcomes.Sum());
    }

    [Fact]
    public void AHeapALittleBehindIsTooOldAndNoJump()
    {
        List<byte[]> packets = [.. Chunks(100 * ChunkStep, 6), Heap(100 * ChunkStep, 0)];
        Outcomes outcomes = Receive(TimePolicy.Resync, packets);

        Assert.Equal(1, outcomes.Ledger[Outcome.TooOld]);
        Assert.Equal(0, outcomes.Ledger[Outcome.TimeJump]);
    }

    [Fact]
    public void AnAdcRateWidensTheToleranceToTwoSeconds()
    {
        // 2 s are 100 chunks, so a gap of 50 chunks is a gap in the data and no jump.
        Outcomes outcomes = Receive(
            TimePolicy.Resync, [.. Chunks(100 * ChunkStep, 2), .. Chunks(150 * ChunkStep, 2)], adcRate: 50 * ChunkStep);

        Assert.Equal([100, 101, 150, 151], outcomes.FullChunks);
        Assert.Equal(48 * 8, outcomes.MissingHeaps);
    }

    [Fact]
    public void AGroupFollowsOnlyWhenAllItsActiveMembersAgree()
    {
        var time = new TimeVote(TimePolicy.Resync, 2, 2, Shape, 0);
        TimeVoter first = time.ClockOf(0)!, second = time.ClockOf(1)!;
        Assert.True(Follows(first, 100));
        Assert.True(Follows(second, 100));

        for (int i = 0; i < 3 * TimeVote.AgreeingHeaps; i++) Assert.False(Follows(first, 5000));
        Assert.Equal(0, time.Resyncs);
        for (int i = 1; i < TimeVote.AgreeingHeaps; i++) Assert.False(Follows(second, 5000));
        Assert.True(Follows(second, 5001));
        Assert.Equal(1, time.Resyncs);
        Assert.True(Follows(first, 5001));
        Assert.Equal(1, time.Resyncs);
    }

    [Fact]
    public void AMemberThatRestsHasNoVote()
    {
        var time = new TimeVote(TimePolicy.Resync, 2, 2, Shape, 0);
        TimeVoter first = time.ClockOf(0)!, second = time.ClockOf(1)!;
        Assert.True(Follows(first, 100));
        Assert.True(Follows(second, 100));
        second.Rest();

        for (int i = 1; i < TimeVote.AgreeingHeaps; i++) Assert.False(Follows(first, 5000));
        Assert.True(Follows(first, 5000));
    }

    private static bool Follows(TimeVoter clock, long chunkId)
    {
        clock.BeginBatch();
        return clock.TryFollow(ref chunkId);
    }

    private static LayoutShape Shape => Layout.Instance.Shape;

    private static CompiledLayout Layout { get; } = LayoutCatalog.Resolve("meerkat-digitiser",
        new Dictionary<string, string> { ["heap_samples"] = "512", ["sample_bits"] = "8", ["chunk_samples"] = "2048" },
        new Dictionary<string, string>());

    private IEnumerable<byte[]> Chunks(long start, int chunks) =>
        [.. Enumerable.Range(0, chunks * ChunkBatches)
            .SelectMany(i => new[] { Heap(start + i * HeapSamples, 0), Heap(start + i * HeapSamples, 1) })];

    private byte[] Heap(long timestamp, int pol) => new PacketBuilder()
        .Control(_heapCnt++, HeapSamples, 0, HeapSamples)
        .Immediate(PacketBuilder.TimestampId, timestamp & (Wrap - 1))
        .Immediate(PacketBuilder.DigitiserIdId, pol)
        .Payload(new byte[HeapSamples])
        .Build();

    private static Outcomes Receive(TimePolicy policy, IEnumerable<byte[]> packets, double adcRate = 0)
    {
        byte[][] all = [.. packets];
        var epochs = new EpochSink();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new MemorySource(all.Select(packet => (ReadOnlyMemory<byte>)packet)), Layout.Instance)],
            Sinks = [epochs],
            Overrun = OverrunPolicy.Block,
            Time = policy,
            AdcRate = adcRate,
            Replay = true,
        });
        receiver.Start();
        receiver.Wait();
        return new Outcomes(epochs.Chunks, receiver.Snapshots[0], receiver.Time.Resyncs, receiver.Exchange.MissingHeaps, receiver.Failure,
            all.Length)
        {
            LastJump = receiver.Time.LastJump,
            SkippedChunks = receiver.Time.SkippedChunks,
            ReorderDepth = receiver.Gauges[0].MaxReorderDepth,
        };
    }

    private sealed record Outcomes(
        List<(long Id, int Epoch, int Present)> Chunks, LedgerSnapshot Ledger, long Resyncs, long MissingHeaps, Exception? Failure,
            long Seen)
    {
        public string? LastJump { get; init; }

        public long SkippedChunks { get; init; }

        public long ReorderDepth { get; init; }

        public IEnumerable<long> ChunkIds => Chunks.Select(chunk => chunk.Id);

        public IEnumerable<int> Epochs => Chunks.Select(chunk => chunk.Epoch);

        public IEnumerable<long> FullChunks => Chunks.Where(chunk => chunk.Present == 8).Select(chunk => chunk.Id);
    }

    private sealed class EpochSink : Recv.Sinks.IChunkSink
    {
        public List<(long Id, int Epoch, int Present)> Chunks { get; } = [];

        public string Name => "epochs";

        public bool HonoursMask => true;

        public void Start(LayoutShape shape)
        {
        }

        public void Consume(Recv.Chunks.Chunk chunk)
        {
            Chunks.Add((chunk.Id, chunk.Epoch, chunk.PresentCount));
            chunk.Release();
        }

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
