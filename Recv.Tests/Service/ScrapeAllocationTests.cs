using System.Net;
using Recv.Service;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

[Collection(AloneCollection.Name)]
public sealed class ScrapeAllocationTests
{
    private const int FirstTurns = 50;
    private const int Scrapes = 100;

    [Fact]
    public async Task ScrapesAllocateNothingOnAReceiveThread()
    {
        long turns = 0, before = 0, allocated = 0;
        // Without a sink and with a source that takes no lock, nobody but the scrapes deals with the receive thread: two threads
        // that meet at a lock for the first time make what the second one waits on (64 bytes), and that would be none of the
        // scrapes' doing.
        var source = ScriptedSource.Watched(ScriptedSource.Mill(new PacketMill(ModelLayouts.Digitiser, pieces: 1, reversed: false)), _ =>
        {
            // The first batches run code for the first time.
            if (turns == FirstTurns) before = Allocations.Begin();
            if (turns > FirstTurns) Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Volatile.Write(ref turns, turns + 1);
        });
        using var receiver = new Receiver(
            new ReceiverOptions { Inputs = [new ReceiverInput(source, ReceiveCore.LayoutOf(ModelLayouts.Digitiser))] });
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
        receiver.Start();
        Eventually.Holds(() => Volatile.Read(ref turns) > FirstTurns + 1, "the receive thread is at work");
        long turnsBefore = Volatile.Read(ref turns);
        for (int i = 0; i < Scrapes; i++)
        {
            string page = await client.GetStringAsync(
                i % 2 == 0 ? "/metrics?accept=text/plain" : "/metrics?accept=application/openmetrics-text");
            Assert.Contains("recv_datagrams_total", page, StringComparison.Ordinal);
        }
        Eventually.Holds(() => Volatile.Read(ref turns) > turnsBefore + 1, "the receive thread still works");
        long duringScrapes = Volatile.Read(ref allocated);
        receiver.RequestStop();
        receiver.Wait();
        Assert.True(receiver.Exchange.Chunks > 0);
        Assert.Equal(0, duringScrapes);
    }
}
