using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources.Memory;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>Members of a replay that are apart: the captures of one observation need not begin or end together.</summary>
public sealed class LosslessReplayTests
{
    private const int Chunks = 20;

    private readonly GroupFeed _feed = new(members: 2);

    [Fact]
    public void CaptureThatEndsEarlyIsNotWaitedFor()
    {
        var sink = new KeepingSink();
        // Without times of arrival the first is taken first, so it has ended when the second begins.
        using Receiver receiver = Replay(sink, _feed.Chunks(0, 0, 2), _feed.Chunks(1, 0, Chunks));
        Eventually.Returns(receiver.Wait, "a replay of which one capture is short");

        Assert.Null(receiver.Failure);
        Assert.Equal(Enumerable.Range(0, Chunks).Select(id => (long)id), sink.Ids);
        Assert.Equal([1, 1, 1, 1], sink.Chunks[1].Present);
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen, member[Outcome.Delivered]));
    }

    [Fact]
    public void CapturesFurtherApartThanThePoolHasChunksAreReplayedWholeAndDoNotHang()
    {
        var sink = new KeepingSink();
        using Receiver receiver = Replay(sink, _feed.Chunks(0, 0, Chunks), _feed.Chunks(1, 0, Chunks));
        Eventually.Returns(receiver.Wait, "a replay of which one capture is far ahead");

        Assert.Null(receiver.Failure);
        Assert.Equal(0, receiver.Snapshots.Sum(snapshot => snapshot.Lost));
    }

    private Receiver Replay(KeepingSink sink, params byte[][][] captures)
    {
        var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. captures.Select(capture => new ReceiverInput(
                new MemorySource(capture.Select(datagram => (ReadOnlyMemory<byte>)datagram)), _feed.Layout))],
            Sinks = [sink],
            Overrun = OverrunPolicy.Block,
            Replay = true,
        });
        receiver.Start();
        return receiver;
    }
}
