using Recv.Chunks;
using Recv.Memory;
using Recv.Service;
using Recv.Sinks.Iterate;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Receivers that come and go in one process, however they end, leave no memory behind.</summary>
[Collection(AloneCollection.Name)]
public sealed class LifecycleTests
{
    private const int Lives = 20;

    private readonly GroupFeed _feed = new(1);

    [Fact]
    public void ReceiversThatRanLeaveNoMemoryMapped() => LeavesNothing(_ =>
    {
        var queue = new QueueSource();
        using var receiver = new Receiver(Options(queue));
        receiver.Start();
        foreach (byte[] packet in _feed.Chunks(0, 0, 3)) queue.Send(packet);
        Eventually.Holds(() => receiver.Snapshots[0].Seen == 12, "what was sent has come");
    });

    [Fact]
    public void ReceiversOverSocketsThatWereOnlyDisposedOfLeaveNoMemoryMapped() => LeavesNothing(_ =>
    {
        using var receiver = new Receiver(Options(Udp()));
        receiver.Start();
    });

    [Fact]
    public void ReceiversThatCouldNotStartLeaveNoMemoryMapped() => LeavesNothing(life =>
    {
        using var taken = Udp();
        taken.Open();
        IPacketSource refused = (life % 2) == 0 ? ScriptedSource.Refusing()
            : new UdpSource([SourceAddress.Parse($"{taken.LocalEndpoints[0]}")], Ordinary);
        using var receiver = new Receiver(Options(Udp()) with
        {
            Inputs = [new ReceiverInput(Udp(), _feed.Layout), new ReceiverInput(refused, _feed.Layout)],
        });
        Assert.Throws<RecvException>(receiver.Start);
    });

    [Fact]
    public void ReceiversThatWereNeverStartedLeaveNoMemoryMapped() => LeavesNothing(_ => new Receiver(Options(Udp())).Dispose());

    [Fact]
    public void ReceiversDisposedOfWithinTheirLoopLeaveNoMemoryMapped() => LeavesNothing(_ => Eventually.Returns(() =>
    {
        ReadOneAndDispose().GetAwaiter().GetResult();
    }, "a loop that disposes of its receiver"));

    private static SourceOptions Ordinary => new() { BufferBytes = 400 * 1024 };

    private async Task ReadOneAndDispose()
    {
        var queue = new QueueSource();
        var receiver = new Receiver(Options(queue) with { Sinks = [new ChunkIterator()] });
        foreach (byte[] packet in _feed.Chunks(0, 0, 6)) queue.Send(packet);
        await foreach (Chunk chunk in receiver.ReadChunks()) receiver.Dispose();
    }

    private static void LeavesNothing(Action<int> live)
    {
        live(0);
        // What other tests forgot is not ours.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = NativeBlock.AllMappedBytes;
        for (int life = 0; life < Lives; life++) live(life);
        Assert.Equal(before, NativeBlock.AllMappedBytes);
    }

    private static UdpSource Udp() => new([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")], Ordinary);

    private ReceiverOptions Options(IPacketSource source) => new()
    {
        Inputs = [new ReceiverInput(source, _feed.Layout)],
        Sinks = [new ProbeSink()],
    };
}
