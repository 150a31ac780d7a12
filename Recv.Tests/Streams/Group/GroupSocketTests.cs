using System.Net;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Streams;
using Recv.Tests.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>Two polarisations of a beam on two multicast groups, as the two members of a stream group, over real sockets.</summary>
[Collection(AloneCollection.Name)]
public sealed class GroupSocketTests
{
    private const int Chunks = 12;
    private const int Batches = 4;

    private static readonly Dictionary<string, long> Parameters = new()
    {
        ["n_channels"] = 64,
        ["n_channels_per_substream"] = 16,
        ["n_spectra_per_heap"] = 64,
        ["sample_bits"] = 8,
        ["heap_timestamp_step"] = 64 * 128,
    };

    [HostFact(HostNeed.LoopbackMulticast)]
    public void EverySampleOfBothPolarisationsComesThroughWithoutLoss()
    {
        string[] sources = ["239.255.71.60?if=lo&pol=0", "239.255.71.61?if=lo&pol=1"];
        var sink = new VerifySink(new VerifyOptions());
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. sources.Select(Input)],
            Sinks = [sink],
            Stream = new StreamOptions { MaxChunks = 2, MaxHeaps = 8 },
            // The first chunk keeps the sink until its code is compiled.
            Overrun = OverrunPolicy.Block,
        });
        receiver.Start();
        long heaps = Send(receiver);
        receiver.RequestStop();
        Eventually.Returns(receiver.Wait, "two members and a sink");

        Assert.Null(receiver.Failure);
        Assert.All(receiver.Sinks, runner => Assert.Null(runner.Failure));
        Assert.Equal(new VerifyCounts(Chunks, heaps, 0, 0, null), sink.Counts);
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen, member[Outcome.Delivered]));
        Assert.All(receiver.Sources, source => Assert.Equal(0, source.Status.KernelDropped));
        Assert.Equal(0, receiver.Exchange.MissingHeaps);
    }

    private static ReceiverInput Input(string text)
    {
        var constants = SourceAddress.ConstantsOf(SourceAddress.ParseList(text)).ToDictionary(one => one.Key, one => $"{one.Value}");
        var set = Parameters.Append(new("n_batches_per_chunk", Batches)).ToDictionary(one => one.Key, one => $"{one.Value}");
        return new ReceiverInput(
            UdpFixture.Make(text, UdpFixture.Ordinary), LayoutCatalog.Resolve("meerkat-beam", set, constants).Instance);
    }

    // Heap by heap, one polarisation after the other, never more on the way than the smallest receive buffer holds.
    private static long Send(Receiver receiver)
    {
        UdpSource[] sources = [.. receiver.Sources.Cast<UdpSource>()];
        LoopbackSender[] senders = [.. sources.Select(source => new LoopbackSender(source.LocalEndpoints[0]))];
        InstrumentSimulator[] feeds = [.. sources.Select((_, pol) => Simulator(pol))];
        byte[] packet = new byte[feeds[0].MaxPacketBytes];
        long sent = 0, heaps = 0;
        for (bool more = true; more; heaps += 2)
        {
            for (int pol = 0; pol < 2; pol++)
            {
                for (int part = 0; part < feeds[pol].PacketsPerHeap; part++)
                {
                    int length = feeds[pol].Next(packet, out _);
                    more = length > 0;
                    if (!more) break;
                    senders[pol].Send(packet.AsSpan(0, length));
                    sent++;
                }
            }
            if (!more) break;
            Eventually.Holds(() => receiver.Snapshots.Sum(member => member.Seen) == sent, "what was sent has been received");
        }
        Array.ForEach(senders, sender => sender.Dispose());
        return heaps;
    }

    private static InstrumentSimulator Simulator(int pol) => new(new SimulatorOptions
    {
        Instrument = Instrument.Beam,
        Parameters = Parameters.Append(new("pol", pol)).ToDictionary(),
        MaxPacketBytes = 1472,
        Heaps = Chunks * Batches * 4,
        StopHeap = false,
        Destinations = [new UdpDestination(new IPEndPoint(IPAddress.Loopback, 1))],
    });
}
