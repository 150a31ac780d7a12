using System.Globalization;
using System.Net;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Simulate;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Streams;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>
/// Real sockets, seeded faults, and a receive thread that is held until the socket buffer has overflowed: what
/// <c>/metrics</c> says of it sums up.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class LedgerUnderFaultsTests
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static readonly SimulatorOptions Fengine = new()
    {
        Instrument = Instrument.FEngine,
        Parameters = new Dictionary<string, long>
        {
            ["n_ants"] = 4,
            ["n_channels_per_substream"] = 4,
            ["n_spectra_per_heap"] = 64,
            ["heap_timestamp_step"] = 8192,
        },
        Heaps = 512,
        MaxPacketBytes = 600,
        Interleave = 4,
    };

    [Theory]
    [InlineData("loss=0.05,duplicate=0.05,reorder=0.05,reorder-distance=4,corrupt=0.1,truncate=0.02,seed=11")]
    [InlineData("loss=0.2,reorder=0.2,delay=0.1,delay-heaps=40,seed=12")]
    [InlineData("duplicate=0.3,corrupt=0.3,seed=13")]
    public async Task OutcomesAndKernelDropsAreTheDatagramsThatWereSent(string faults)
    {
        // Slow enough that a busy machine places the first heaps; it overflows at any rate, because the receive thread is held.
        using var run = new Run(Fengine with { RateGbps = 0.01, Faults = FaultOptions.Parse(faults) });
        string page = await run.ToItsEndAsync();

        long seen = Pages.Sum(page, "recv_datagrams_seen_total");
        long dropped = Pages.Value(page, "recv_kernel_dropped_total{stream=\"0\"}");
        Assert.True(dropped > 0, "the socket buffer did not overflow");
        Assert.Equal(run.Sent, seen + dropped);
        Assert.Equal(seen, Pages.Sum(page, "recv_datagrams_total"));
        Assert.Equal(0, Pages.Sum(page, "recv_datagrams_in_flight"));
        // The kernel says the same elsewhere.
        Assert.Equal(run.DropsByProc(), dropped);
    }

    [HostFact(HostNeed.UdpSegmentation)]
    public async Task WithSegmentationTheKernelsUnitIsSaidAndTheRestSums()
    {
        using var run = new Run(Fengine with { Segmentation = true, Faults = FaultOptions.Parse("loss=0.05,corrupt=0.05,seed=14") });
        string page = await run.ToItsEndAsync();

        long seen = Pages.Sum(page, "recv_datagrams_seen_total");
        long buffers = Pages.Value(page, "recv_kernel_dropped_total{stream=\"0\"}");
        Assert.Equal(1, Pages.Value(page, "recv_kernel_drops_are_buffers{stream=\"0\"}"));
        Assert.True(buffers > 0, "the socket buffer did not overflow");
        Assert.Equal(seen, Pages.Sum(page, "recv_datagrams_total"));
        Assert.Equal(0, Pages.Sum(page, "recv_datagrams_in_flight"));
        Assert.Equal(run.DropsByProc(), buffers);
        // A buffer is of one to 64 datagrams.
        Assert.InRange(run.Sent - seen, buffers, 64 * buffers);
    }

    private sealed class Run : IDisposable
    {
        private readonly Gate _gate = new("the sink's first chunk");
        private readonly UdpSource _source;
        private readonly Receiver _receiver;
        private readonly UdpSender _sender;

        public Run(SimulatorOptions sent)
        {
            // GRO is what the kernel's unit hangs on, so only where the sender hands it buffers.
            _source = new UdpSource([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")],
                new SourceOptions { BufferBytes = 100_000, Gro = sent.Segmentation, Messages = 8 });
            var set = sent.Parameters.ToDictionary(parameter => parameter.Key, parameter => $"{parameter.Value}");
            set["heaps_per_fengine_per_chunk"] = "4";
            _receiver = new Receiver(new ReceiverOptions
            {
                Inputs = [new ReceiverInput(_source, LayoutCatalog.Resolve("meerkat-fengine", set, TestLayout.Nothing).Instance)],
                // The sink holds a chunk, the receive thread waits for another, and the kernel's queue overflows: on any machine.
                Sinks = [new ProbeSink { OnChunk = _ => _gate.Park() }],
                Overrun = OverrunPolicy.Block,
                Chunks = 4,
                Stream = new StreamOptions { Substreams = 4, MaxHeaps = 2, AllowOutOfOrder = true },
            });
            _receiver.Start();
            _sender = new UdpSender(sent with { Destinations = [new UdpDestination(_source.LocalEndpoints[0])] });
        }

        public long Sent => _sender.Status.Packets;

        public async Task<string> ToItsEndAsync()
        {
            await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), _receiver);
            using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
            _sender.Start();
            _gate.WaitUntilParked();
            Assert.True(_sender.Wait(Timeout));
            Assert.Null(_sender.Status.LastError);
            _gate.Open();
            _receiver.RequestStop();
            _receiver.Wait();
            Assert.Null(_receiver.Failure);
            return await client.GetStringAsync("/metrics");
        }

        // sl local_address ... drops; the socket is open until the receiver is disposed of.
        public long DropsByProc()
        {
            string local = string.Create(CultureInfo.InvariantCulture, $"0100007F:{_source.LocalEndpoints[0].Port:X4}");
            string[] words = File.ReadLines("/proc/net/udp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Single(line => line[1] == local);
            return long.Parse(words[^1], CultureInfo.InvariantCulture);
        }

        public void Dispose()
        {
            _gate.Dispose();
            _sender.Dispose();
            _receiver.Dispose();
        }
    }
}
