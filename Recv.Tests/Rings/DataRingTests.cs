using Recv.Chunks;
using Recv.Rings;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Rings;

public sealed class DataRingTests : IDisposable
{
    private readonly ChunkLog _log = new();
    private readonly List<Chunk> _chunks = [];

    [Fact]
    public void ChunksComeOutInTheOrderInWhichTheyWentIn()
    {
        var ring = new DataRing(3);
        for (int id = 0; id < 3; id++) ring.Write(Chunk(id));
        Assert.Equal(3, ring.Count);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => ring.Take()!.Id));
        Assert.Null(ring.TryTake());
    }

    [Fact]
    public void TheSinkCountsWhatWaitedAndHowLong()
    {
        var ring = new DataRing(4);
        foreach (int id in Enumerable.Range(0, 4))
        {
            Chunk chunk = Chunk(id);
            chunk.EmittedAt = System.Diagnostics.Stopwatch.GetTimestamp() - 60 * System.Diagnostics.Stopwatch.Frequency;
            ring.Write(chunk);
        }
        Assert.Equal(4, ring.Level);
        // One that is taken back never reached the sink.
        Assert.NotNull(ring.TryTake());
        for (int waiting = 3; waiting > 0; waiting--)
        {
            Assert.Equal(waiting, ring.Level);
            Assert.NotNull(ring.Take());
        }
        Assert.Equal(0, ring.Level);
        Assert.Equal([1, 2, 4], ring.Read().Fill.Bounds.AsEnumerable());
        Assert.Equal([1, 1, 1, 0], ring.Read().Fill.Counts.AsEnumerable());
        Assert.Equal(3, ring.Read().Dwell.Counts[^1]);
        Assert.True(ring.Read().Dwell.Sum >= 180_000_000);
    }

    [Fact]
    public void TheAgeOfTheOldestUnreadChunkIsThatOfTheNextThatTheSinkTakes()
    {
        var ring = new DataRing(4);
        Assert.Equal(TimeSpan.Zero, ring.Read().OldestAge);
        // More than the ring has places, one after the other, each an hour younger than the one before.
        for (int hours = 10; hours > 0; hours--)
        {
            Chunk chunk = Chunk(hours);
            chunk.EmittedAt = System.Diagnostics.Stopwatch.GetTimestamp() - hours * 3600 * System.Diagnostics.Stopwatch.Frequency;
            ring.Write(chunk);
            if (hours == 10) continue;
            Assert.Equal(hours + 1, ring.Read().OldestAge.TotalHours, 0.1);
            Assert.NotNull(hours % 2 == 0 ? ring.Take() : ring.TryTake());
            Assert.Equal(hours, ring.Read().OldestAge.TotalHours, 0.1);
        }
        Assert.NotNull(ring.Take());
        Assert.Equal(TimeSpan.Zero, ring.Read().OldestAge);
    }

    [Fact]
    public void WaitingChunksAreReadAfterTheEndAndThenNone()
    {
        var ring = new DataRing(2);
        ring.Write(Chunk(1));
        ring.Complete();
        ring.Complete();
        Assert.Equal(1, ring.Take()!.Id);
        Assert.Null(ring.Take());
        Assert.Null(ring.Take());
    }

    [Fact]
    public void AChunkThatIsWrittenAfterTheEndIsReleased()
    {
        var ring = new DataRing(2);
        ring.Complete();
        ring.Write(Chunk(1));
        Assert.Equal(_chunks, _log.Recycled);
        Assert.Equal([1], _log.OverrunIds);
    }

    [Fact]
    public void AWaitingReaderIsWokenByAChunkAndByTheEnd()
    {
        var ring = new DataRing(2);
        var read = new List<long>();
        var reader = new Thread(() =>
        {
            while (ring.Take() is { } chunk) read.Add(chunk.Id);
        });
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => ring.IsAwaited, TimeSpan.FromSeconds(60)));
        ring.Write(Chunk(5));
        Assert.True(SpinWait.SpinUntil(() => ring.Count == 0, TimeSpan.FromSeconds(60)));
        ring.Complete();
        Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
        Assert.Equal([5], read);
    }

    // With a reader that is never behind: it waits again for each chunk, and is at every point of that when the chunk comes.
    [Fact]
    public void NoWakeUpIsLostHoweverWriterAndReaderMeet()
    {
        var ring = new DataRing(1);
        Chunk chunk = Chunk(7);
        const int Turns = 20_000;
        int read = 0;
        var reader = new Thread(() =>
        {
            while (ring.Take() is not null) Volatile.Write(ref read, read + 1);
        });
        reader.Start();
        for (int turn = 1; turn <= Turns; turn++)
        {
            ring.Write(chunk);
            int expected = turn;
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref read) == expected, TimeSpan.FromSeconds(60)));
        }
        ring.Complete();
        Assert.True(reader.Join(TimeSpan.FromSeconds(60)));
    }

    public void Dispose() => _chunks.ForEach(chunk => chunk.Dispose());

    private Chunk Chunk(long id)
    {
        var chunk = new Chunk(TestChunks.Shape, 1, 0, 1, _log);
        chunk.Begin(id, 0, _log);
        chunk.Hold(1);
        _chunks.Add(chunk);
        return chunk;
    }
}
