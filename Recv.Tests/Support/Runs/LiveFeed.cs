using Recv.Layouts;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Runs;

/// <summary>A digitiser at 20 Mb/s over loopback and a receiver that compares every sample, for tests of what goes on beside
/// them.</summary>
/// <remarks><b>Owns:</b> sender and receiver. <b>Threading:</b> the test's.</remarks>
internal sealed class LiveFeed : IDisposable
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly UdpSource _source = new([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")]);
    private readonly VerifySink _sink = new(new VerifyOptions());
    private UdpSender? _sender;

    /// <summary>A receiver that has not begun.</summary>
    /// <param name="observers">Who else sees its chunks; lent.</param>
    public LiveFeed(Func<LayoutShape, IReadOnlyList<IChunkObserver>>? observers = null)
    {
        // Chunks of 16 heaps of 640 bytes, at 20 Mb/s some 240 a second: the sink may look away for two.
        var set = new Dictionary<string, string> { ["heap_samples"] = "512", ["chunk_samples"] = "4096" };
        IHeapLayout layout = LayoutCatalog.Resolve("meerkat-digitiser", set, TestLayout.Nothing).Instance;
        Receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(_source, layout)],
            Sinks = [_sink],
            Observers = observers?.Invoke(layout.Shape) ?? [],
            Chunks = 512,
        });
    }

    public Receiver Receiver { get; }

    public void Start()
    {
        Receiver.Start();
        _sender = new UdpSender(new SimulatorOptions
        {
            Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
            RateGbps = 0.02,
            Destinations = [new UdpDestination(_source.LocalEndpoints[0])],
        });
        _sender.Start();
    }

    /// <summary>Data still flow; once they are stopped, what was sent has come, and nothing of it is lost or wrong.</summary>
    public void AssertUnharmed()
    {
        long delivered = Receiver.Received.Read().Chunks;
        Eventually.Holds(() => Receiver.Received.Read().Chunks > delivered, "data still flow");
        _sender!.Stop();
        Assert.True(_sender.Wait(Timeout));
        Eventually.Holds(() => LossSummary.Of(Receiver).Seen >= _sender.Status.Packets, "all datagrams have come");
        Receiver.RequestStop();
        Receiver.Wait();
        LossSummary summary = LossSummary.Of(Receiver);
        Assert.Equal((_sender.Status.Packets, 0, 0, 0), (summary.Seen, summary.KernelDropped, summary.Lost, summary.InFlight));
        Assert.Equal((0, 0), (_sink.Counts.Wrong, Receiver.Exchange.DroppedChunks));
        Assert.Null(Receiver.Failure);
    }

    public void Dispose()
    {
        _sender?.Dispose();
        Receiver.Dispose();
    }
}
