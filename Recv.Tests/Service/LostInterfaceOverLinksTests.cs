using System.Net;
using System.Net.Sockets;
using Recv.Cli.View;
using Recv.Service;
using Recv.Sources;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Two streams on two devices, of which one disappears.</summary>
[Collection(AloneCollection.Name)]
public sealed class LostInterfaceOverLinksTests
{
    private const string Other = "recv1", OtherEnd = "send1";

    [HostFact(HostNeed.VirtualLinks)]
    public void OneStreamEndsTheOtherGoesOnAndItIsStartedAgainOnceTheDeviceIsBack()
    {
        var feed = new GroupFeed(members: 2);
        using VethPair link = new();
        link.AddCable(Other, OtherEnd);
        string[] texts = [$"packet:{VethPair.ReceiverDevice}:10.20.30.40:7148", $"packet:{Other}:239.10.10.1:7148"];
        using Receiver receiver = new(new ReceiverOptions
        {
            Inputs = [.. texts.Select(text => new ReceiverInput(Source(text), feed.Layout) { Another = () => Source(text) })],
        });
        link.Receiver.Run(receiver.Start);
        Assert.Null(Readiness.Missing(receiver));
        var warnings = new FeedWarnings(receiver);

        link.Receiver.Ip("link del " + Other);
        Eventually.Holds(() => receiver.Failure is not null, "the stream is over");
        string line = Assert.IsType<RecvException>(receiver.Failure).Message;
        Assert.StartsWith($"source 'packet:{Other}:239.10.10.1:7148': interface {Other} is gone", line, StringComparison.Ordinal);
        Assert.Equal((line, line), (Readiness.Fault(receiver), Readiness.Missing(receiver)));
        Assert.Equal(ReceiverState.Running, receiver.State);
        // Once the others have had the time to end, too.
        Assert.Equal([[], [line + "; the other streams go on"], []], new[] { warnings.Next(), warnings.Next(), warnings.Next() });
        using Socket sender = link.NewSender(new IPEndPoint(VethPair.Address, 7148));
        foreach (byte[] datagram in feed.Heap(0, 0)) sender.Send(datagram);
        Eventually.Holds(() => receiver.Snapshots[0].Seen == GroupFeed.PacketsPerHeap, "the other stream goes on");

        link.AddCable(Other, OtherEnd);
        link.Receiver.Run(() => receiver.RestartStream(1));
        Assert.Null(receiver.Failure);
        Assert.Null(Readiness.Missing(receiver));

        link.Receiver.Ip("link del " + Other);
        link.Receiver.Ip("link del " + VethPair.ReceiverDevice);
        receiver.Wait();
        Assert.Equal([VethPair.ReceiverDevice, Other], receiver.Failures.Select(failure => failure.Message.Split(' ')[3]));
        Assert.Contains("is gone", Readiness.Missing(receiver), StringComparison.Ordinal);
        Assert.Equal(GroupFeed.PacketsPerHeap, receiver.Snapshots[0].Seen);
    }

    private static IPacketSource Source(string text) => SourceFactory.Create(SourceAddress.ParseList(text));
}
