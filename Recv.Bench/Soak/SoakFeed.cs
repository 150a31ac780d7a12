using Recv.Simulate;

namespace Recv.Bench.Soak;

/// <summary>Four F-engines, each to a multicast group of its own, that go on where they stopped.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the sender.</remarks>
internal sealed class SoakFeed(double rateGbps, int port) : IDisposable
{
    /// <summary>Streams, and antennas.</summary>
    public const int Streams = 4;

    /// <summary>Packets of a heap.</summary>
    public const int HeapPackets = 8;

    private const long Step = 1 << 18;

    private UdpSender? _sender;
    private long _timestamp;
    private long _heapCnt;
    private long _datagrams;

    /// <summary>Parameters of simulator and layout: heaps of 64 KiB, chunks of 8 MiB.</summary>
    public static IReadOnlyDictionary<string, long> Parameters { get; } = new Dictionary<string, long>
    {
        ["n_ants"] = Streams,
        ["n_channels_per_substream"] = 64,
        ["n_spectra_per_heap"] = 256,
        ["sample_bits"] = 8,
        ["heap_timestamp_step"] = Step,
        ["heaps_per_fengine_per_chunk"] = 32,
    };

    /// <summary>Datagrams sent so far.</summary>
    public long Datagrams => _datagrams + (_sender?.Status.Packets ?? 0);

    /// <summary>Datagrams that the kernel would not send.</summary>
    public long Errors { get; private set; }

    /// <summary>Address of one of the groups.</summary>
    public static string Address(int stream, int port) => $"239.255.71.{80 + stream}:{port}?if=lo";

    /// <summary>Begins to send, or goes on.</summary>
    public void Start()
    {
        _sender = new UdpSender(new SimulatorOptions
        {
            Instrument = Instrument.FEngine,
            Parameters = Parameters,
            MaxPacketBytes = 8264,
            StopHeap = false,
            StartTimestamp = _timestamp,
            StartHeapCnt = _heapCnt,
            RateGbps = rateGbps,
            // Heap n is of antenna n mod 4, and goes to destination n mod 4.
            Destinations = [.. Enumerable.Range(0, Streams).SelectMany(stream => UdpDestination.ParseList(Address(stream, port)))],
        });
        _sender.Start();
    }

    /// <summary>Stops behind a whole number of heaps of each antenna.</summary>
    public void Stop()
    {
        if (_sender is null) return;
        _sender.Stop();
        _datagrams += _sender.Status.Packets;
        Errors += _sender.Status.Errors;
        // A stop may cut the heaps under way: the next begin behind them.
        long batches = (_sender.Simulator.Heaps + Streams - 1) / Streams;
        _timestamp += batches * Step;
        _heapCnt += batches * Streams;
        _sender.Dispose();
        _sender = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
