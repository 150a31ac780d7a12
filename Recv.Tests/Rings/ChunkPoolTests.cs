using Recv.Chunks;
using Recv.Rings;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Rings;

public sealed class ChunkPoolTests
{
    [Fact]
    public void TheLevelFollowsAndTheLowestOfItIsKept()
    {
        using var pool = new ChunkPool(TestChunks.Shape, 3, 0, 1, prefault: false);
        Assert.Equal((3, 3), (pool.Level, pool.LowestLevel));
        Chunk first = pool.TryTake()!, second = pool.Take()!;
        Assert.Equal((1, 1), (pool.Level, pool.LowestLevel));
        pool.Recycle(first);
        pool.Recycle(second);
        Assert.Equal((3, 1), (pool.Level, pool.LowestLevel));
        for (int i = 0; i < 4; i++) pool.TryTake();
        Assert.Equal((0, 0), (pool.Level, pool.LowestLevel));
    }

    [Fact]
    public void EveryChunkIsGivenOnceUntilItComesHome()
    {
        using var pool = new ChunkPool(TestChunks.Shape, 3, 0, 1, prefault: true);
        Chunk[] taken = [pool.TryTake()!, pool.TryTake()!, pool.TryTake()!];
        Assert.Equal(3, taken.Distinct().Count());
        Assert.Null(pool.TryTake());
        Assert.Equal((3, 0), (pool.Count, pool.Free));
        pool.Recycle(taken[1]);
        Assert.Same(taken[1], pool.TryTake());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PagesAreTouchedUnlessTheStartIsGivenUp(bool isGivenUp)
    {
        // Huge pages enough for one in the middle that nothing else touches.
        const int Bytes = 8 << 20;
        using var pool = new ChunkPool(
            TestChunks.Shape with { ChunkBytes = Bytes }, 1, 0, 1, prefault: true, stopping: new CancellationToken(isGivenUp));
        Assert.Equal(!isGivenUp, ResidentPages.Has(pool.Chunks[0].Storage, Bytes / 2));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(8, 2)]
    [InlineData(5, 4)]
    [InlineData(100, 1)]
    public void EntriesPerHeapAreItsPacketsRoundedUp(int packetBytes, int entries)
    {
        using var pool = new ChunkPool(TestChunks.Shape, 1, packetBytes, 1, prefault: false);
        Assert.Equal(entries, pool.EntriesPerHeap);
        Assert.Equal(8 * entries, pool.TryTake()!.Entries);
    }

    [Fact]
    public void MoreMemoryThanTheHostHasIsRefusedInOneLine()
    {
        RecvException refused = Assert.Throws<RecvException>(() =>
            new ChunkPool(TestChunks.Shape with { ChunkBytes = 1L << 40 }, 1024, 0, 1, prefault: false).Dispose());
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(Setting.Chunks, refused.About);
    }

    [Fact]
    public void AWaitingTakerGetsTheChunkThatComesHome()
    {
        using var pool = new ChunkPool(TestChunks.Shape, 1, 0, 1, prefault: false);
        Chunk only = pool.TryTake()!;
        Chunk? taken = null;
        var taker = new Thread(() => taken = pool.Take());
        taker.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.IsAwaited, TimeSpan.FromSeconds(60)));
        pool.Recycle(only);
        Assert.True(taker.Join(TimeSpan.FromSeconds(60)));
        Assert.Same(only, taken);
    }

    [Fact]
    public void DisposingOfThePoolSendsAWaitingTakerAwayWithNothing()
    {
        var pool = new ChunkPool(TestChunks.Shape, 1, 0, 1, prefault: false);
        pool.TryTake()!.Dispose();
        Chunk? taken = null;
        var taker = new Thread(() => taken = pool.Take()) { IsBackground = true };
        taker.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.IsAwaited, TimeSpan.FromSeconds(60)));
        pool.Dispose();
        Assert.True(taker.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(taken);
        Assert.Null(pool.Take());
    }
}
