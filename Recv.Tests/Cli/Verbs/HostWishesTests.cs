using Recv.Cli.Verbs.Run;
using Recv.Memory;
using Recv.Sources;
using Recv.Threads;

namespace Recv.Tests.Cli.Verbs;

public sealed class HostWishesTests
{
    [Fact]
    public void NothingIsAskedForByDefault()
    {
        var host = new HostWishes(new RunOptions(), streams: 2);
        Assert.Equal((PinnedThread.NoPriority, PinnedThread.AnyCore), (host.Priority, host.CoreOf(1)));
        Assert.Equal(MemoryOptions.Default, host.Chunks);
        Assert.Null(host.Warning);
        Assert.Equal(new SourceOptions { BufferBytes = new SourceOptions().BufferBytes / 2 }, host.SocketOf(0));
    }

    [Fact]
    public void EachWishReachesThreadsChunksAndSockets()
    {
        var options = new RunOptions
        {
            Affinity = "1,-1",
            RtPriority = 99,
            LockMemory = true,
            HugePages = true,
            Buffer = "8M",
            Wait = "spin"
        };
        var host = new HostWishes(options, streams: 2);
        Assert.Equal((99, 1, -1), (host.Priority, host.CoreOf(0), host.CoreOf(1)));
        Assert.True(host.Chunks is { Locked: true, HugePages: true });
        SourceOptions socket = host.SocketOf(1);
        Assert.True(socket.Memory is { Locked: true, HugePages: true });
        Assert.Equal((4L << 20, true, WaitPolicy.Spin), (socket.BufferBytes, socket.BufferRequired, socket.Wait));
    }

    [Fact]
    public void SpinningInRealTimeIsWarnedOf()
    {
        var host = new HostWishes(new RunOptions { RtPriority = 1, Wait = "spin" }, streams: 1);
        Assert.Contains("kernel.sched_rt_runtime_us", host.Warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', host.Warning!);
        Assert.Null(new HostWishes(new RunOptions { RtPriority = 1 }, streams: 1).Warning);
        Assert.Null(new HostWishes(new RunOptions { Wait = "spin" }, streams: 1).Warning);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void APriorityThatIsNoneIsAUsageError(int priority)
    {
        RecvException refusal = Assert.Throws<RecvException>(() => new HostWishes(new RunOptions { RtPriority = priority }, streams: 1));
        Assert.Equal(RecvException.Usage, refusal.ExitCode);
        Assert.Equal($"--rt-priority {priority}: give 1 to 99, or 0 for none", refusal.Message);
    }
}
