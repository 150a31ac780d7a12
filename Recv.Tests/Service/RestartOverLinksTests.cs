using System.Net;
using System.Net.Sockets;
using Recv.Service;
using Recv.Sources;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Streams that take frames from a device are stopped and started again, whichever of a group it is.</summary>
[Collection(AloneCollection.Name)]
public sealed class RestartOverLinksTests
{
    private const int Senders = 64;

    [HostTheory(HostNeed.Xdp)]
    [InlineData("xdp:recv0/0-1:10.20.30.40:7148?frames=4096", 0)]
    [InlineData("xdp:recv0/0-1:10.20.30.40:7148?frames=4096", 1)]
    [InlineData("xdp:recv0/0:10.20.30.40:7148?frames=4096", 0)]
    [InlineData("packet:recv0:10.20.30.40:7148", 0)]
    public void ARestartedMemberReceivesAgain(string text, int member)
    {
        var feed = new GroupFeed(members: 2);
        IReadOnlyList<SourceAddress> addresses = SourceAddress.ParseList(text);
        using VethPair link = new(queues: addresses[0].Queues?.Count ?? 1);
        using Receiver receiver = new(new ReceiverOptions
        {
            Inputs = [.. SourceAddress.PerQueue(addresses).Select(one =>
                new ReceiverInput(SourceFactory.Create(one), feed.Layout) { Another = () => SourceFactory.Create(one) })],
        });
        link.Receiver.Run(receiver.Start);
        Socket[] senders = [.. Enumerable.Range(0, Senders).Select(_ => link.NewSender(new IPEndPoint(VethPair.Address, 7148)))];
        SendAndAwait(0);
        for (int round = 1; round <= 3; round++)
        {
            receiver.StopStream(member);
            link.Receiver.Run(() => receiver.RestartStream(member));
            SendAndAwait(round);
        }
        receiver.RequestStop();
        receiver.Wait();
        Array.ForEach(senders, sender => sender.Dispose());
        Assert.Null(receiver.Failure);
        Assert.All(receiver.SourceStatuses, status => Assert.Equal(0, status.DroppedBefore));

        void SendAndAwait(int round)
        {
            long[] before = [.. receiver.Snapshots.Select(snapshot => snapshot.Seen)];
            foreach (Socket sender in senders) sender.Send(new byte[8000]);
            Eventually.Holds(() => receiver.Snapshots.Sum(snapshot => snapshot.Seen) == (round + 1) * Senders, "all came");
            Assert.All(receiver.Snapshots.Index(), one => Assert.True(one.Item.Seen > before[one.Index], "each queue has its part"));
        }
    }
}
