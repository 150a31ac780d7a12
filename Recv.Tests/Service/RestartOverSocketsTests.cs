using Recv.Ledger;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>A stream that stops leaves its multicast group, and joins it again when it is started again.</summary>
[Collection(AloneCollection.Name)]
public sealed class RestartOverSocketsTests
{
    private const int PerChunk = GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap;

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AStoppedStreamLeavesItsGroupAndARestartedOneIsInItAgain()
    {
        var feed = new GroupFeed(2);
        string[] groups = [.. Enumerable.Range(0, 2).Select(member => $"239.255.71.{90 + member}:{LoopbackSender.FreePort()}?if=lo")];
        UdpSource Source(int member) => new(SourceAddress.ParseList(groups[member]), UdpFixture.Ordinary);
        using var sink = new KeepingSink();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, 2)
                .Select(member => new ReceiverInput(Source(member), feed.Layout) { Another = () => Source(member) })],
            Sinks = [sink],
        });
        receiver.Start();
        LoopbackSender[] senders = [.. receiver.Sources.Cast<UdpSource>().Select(source => new LoopbackSender(source.LocalEndpoints[0]))];
        void Send(int member, long chunk)
        {
            long seen = receiver.Snapshots[member].Seen;
            foreach (byte[] packet in feed.Chunks(member, chunk, 1)) senders[member].Send(packet);
            Eventually.Holds(() => receiver.Snapshots[member].Seen == seen + PerChunk, "the member has received what was sent");
        }

        Send(0, 0);
        Send(1, 0);
        receiver.StopStream(1);
        // Nobody listens to the group any more: this reaches no socket, whoever is started later.
        foreach (byte[] packet in feed.Chunks(1, 1, 1)) senders[1].Send(packet);
        Send(0, 1);
        receiver.RestartStream(1);
        Send(0, 2);
        Send(1, 2);
        receiver.RequestStop();
        Eventually.Returns(receiver.Wait, "a stop");
        foreach (LoopbackSender sender in senders) sender.Dispose();

        Assert.Equal([0, 1, 2], sink.Ids);
        Assert.All(sink.Chunks, feed.AssertRight);
        Assert.Equal([4, 2, 4], sink.Chunks.Select(chunk => chunk.Heaps.Count()));
        Assert.Equal((2 * PerChunk, 0), (receiver.Snapshots[1].Seen, receiver.Snapshots[1].InFlight));
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen, member[Outcome.Delivered]));
    }
}
