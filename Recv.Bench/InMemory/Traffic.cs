using System.Globalization;
using Recv.Layouts;
using Recv.Simulate;

namespace Recv.Bench.InMemory;

/// <summary>Traffic to measure with: packets of an instrument and the layout that receives them.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Traffic
{
    // Eight item pointers: heap cnt, heap length, payload offset, payload length, three items and the samples.
    private const int HeaderBytes = 8 + 8 * 8;

    /// <summary>Name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the same traffic for the peer's program.</summary>
    public required string PeerName { get; init; }

    /// <summary>Payload of a packet in bytes; all packets are equal.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>Heaps whose packets alternate, and senders with live heaps of their own.</summary>
    public required int Interleaved { get; init; }

    public required Instrument Instrument { get; init; }

    public required string LayoutName { get; init; }

    /// <summary>Parameters of simulator and layout.</summary>
    public required IReadOnlyDictionary<string, long> Parameters { get; init; }

    /// <summary>Bytes of a packet.</summary>
    public int PacketBytes => HeaderBytes + PayloadBytes;

    /// <summary>What <c>--traffic</c> names.</summary>
    /// <exception cref="RecvException">A name is unknown (exit code 2).</exception>
    public static IReadOnlyList<Traffic> Parse(string list) =>
        [.. list.Split(',').Select(name => All.FirstOrDefault(traffic => traffic.Name == name)
            ?? throw RecvException.BadUsage(
                $"--traffic {name}: there is {string.Join(", ", All.Select(traffic => traffic.Name))}"))];

    /// <summary>The parameters as a layout takes them.</summary>
    public IReadOnlyDictionary<string, string> Set =>
        Parameters.ToDictionary(each => each.Key, each => each.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The layout, its parameters set.</summary>
    public CompiledLayout Resolve() => LayoutCatalog.Resolve(LayoutName, Set, new Dictionary<string, string>());

    /// <summary>A digitiser with heaps of 640 bytes, so that a chunk can have many of them.</summary>
    /// <param name="chunkHeaps">Heaps of a chunk, both polarisations.</param>
    public static Traffic ShortHeaps(int chunkHeaps) => Digitiser("short heaps", heapSamples: 512, chunkHeaps);

    private static IReadOnlyList<Traffic> All { get; } =
    [
        Digitiser("digitiser", heapSamples: 4096, chunkHeaps: 8192),
        Fengine("fengine", "feng", payloadBytes: 8192, channels: 256, step: 1 << 20, heapsPerChunk: 8),
        Fengine("small", "small", payloadBytes: 1024, channels: 16, step: 1 << 16, heapsPerChunk: 128),
    ];

    private static Traffic Digitiser(string name, int heapSamples, int chunkHeaps) => new()
    {
        Name = name,
        PeerName = "dig",
        PayloadBytes = heapSamples * 10 / 8,
        Interleaved = 2,
        Instrument = Instrument.Digitiser,
        LayoutName = "meerkat-digitiser",
        Parameters = new Dictionary<string, long>
        {
            ["heap_samples"] = heapSamples,
            ["sample_bits"] = 10,
            ["chunk_samples"] = (long)heapSamples * chunkHeaps / 2,
        },
    };

    private static Traffic Fengine(
        string name, string peerName, int payloadBytes, int channels, long step, int heapsPerChunk) => new()
        {
            Name = name,
            PeerName = peerName,
            PayloadBytes = payloadBytes,
            Interleaved = 16,
            Instrument = Instrument.FEngine,
            LayoutName = "meerkat-fengine",
            Parameters = new Dictionary<string, long>
            {
                ["n_ants"] = 16,
                ["n_channels_per_substream"] = channels,
                ["n_spectra_per_heap"] = 256,
                ["sample_bits"] = 8,
                ["heap_timestamp_step"] = step,
                ["heaps_per_fengine_per_chunk"] = heapsPerChunk,
            },
        };
}
