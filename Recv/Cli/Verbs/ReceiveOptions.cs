using CommandLine;
using Recv.Cli.Parsing;
using Recv.Layouts;
using Recv.Rings;
using Recv.Streams;
using Recv.Streams.Time;

namespace Recv.Cli.Verbs;

/// <summary>What <c>run</c> and <c>replay</c> have in common.</summary>
internal abstract class ReceiveOptions
{
    /// <summary>What a scenario says itself, so that only one of the two can be given.</summary>
    protected const string LayoutSet = "layout";

    [Option("layout", SetName = LayoutSet, MetaValue = "NAME|FILE.yaml|FILE.dll:TYPE",
        HelpText = "Where heaps go: a built-in layout (`recv layouts`), a YAML file or a type in an assembly.")]
    public string? Layout { get; set; }

    [Option("set", SetName = LayoutSet, Separator = ArgumentList.Separator, MetaValue = "NAME=VALUE",
        HelpText = "Value of a parameter of the layout; repeatable.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("max-chunks", SetName = LayoutSet, Default = 2, MetaValue = "N",
        HelpText = "Chunks under construction at one time.")]
    public int MaxChunks { get; set; }

    [Option("max-heaps", SetName = LayoutSet, Default = 4, MetaValue = "N",
        HelpText = "Live heaps per substream; one more evicts the oldest.")]
    public int MaxHeaps { get; set; }

    [Option("substreams", SetName = LayoutSet, Default = 1, MetaValue = "N",
        HelpText = "Senders with live heaps of their own: heap cnt modulo N.")]
    public int Substreams { get; set; }

    [Option("chunks", Default = 0, MetaValue = "N",
        HelpText = "Chunks in the pool; 0: the window and 4 for each sink.")]
    public int Chunks { get; set; }

    [Option("sink", Separator = ArgumentList.Separator, MetaValue = "SINK",
        HelpText = "Who gets the chunks; repeatable. Default: null, which counts them. verify[:PATTERN[:SEED]] checks the "
            + "simulator's pattern (tone, noise, minstd) sample by sample; file:DIR[?keep=N] stores chunks as .npy, the last N if asked; "
            + "host, opencl[:DEVICE] and cuda[:DEVICE] unpack and compute power, clipping and histograms.")]
    public IEnumerable<string> Sinks { get; set; } = [];

    [Option("allow-out-of-order", SetName = LayoutSet, HelpText = "The packets of a heap may come in any order.")]
    public bool AllowOutOfOrder { get; set; }

    [Option("stop-on-stop-item", SetName = LayoutSet, HelpText = "A stop item ends the stream.")]
    public bool StopOnStopItem { get; set; }

    [Option("packet-presence", SetName = LayoutSet, Default = 0, MetaValue = "BYTES",
        HelpText = "One presence entry per BYTES of payload instead of one per heap; 0: per heap.")]
    public int PacketPresence { get; set; }

    [Option("time", MetaValue = "POLICY", HelpText = "When timestamps jump: resync (follow once all agree), hold (take them as they come), exit. Default: resync; replay: hold.")]
    public string? Time { get; set; }

    [Option("adc-rate", Default = 0.0, MetaValue = "HZ", HelpText = "Timestamp units per second; 0: as the layout says, if it does. What is more than 2 s off is a jump.")]
    public double AdcRate { get; set; }

    [Option("sync-time", MetaValue = "TIME", HelpText = "When timestamp 0 was: Unix seconds or ISO 8601; with --adc-rate timestamps convert to UTC.")]
    public string? SyncTime { get; set; }

    [Option("fail-on-loss", HelpText = "Exit code 1 if a datagram or heap was lost.")]
    public bool FailOnLoss { get; set; }

    /// <summary>The stream's settings.</summary>
    public StreamOptions ToStreamOptions() => new()
    {
        MaxChunks = MaxChunks,
        MaxHeaps = MaxHeaps,
        Substreams = Substreams,
        AllowOutOfOrder = AllowOutOfOrder,
        StopOnStopItem = StopOnStopItem,
        PacketPresenceBytes = PacketPresence,
    };

    /// <summary>The policy of <c>--time</c>.</summary>
    public TimePolicy ToTimePolicy(string otherwise) => (Time ?? otherwise) switch
    {
        "resync" => TimePolicy.Resync,
        "hold" => TimePolicy.Hold,
        "exit" => TimePolicy.Exit,
        string text => throw RecvException.BadUsage($"--time {text}: give resync, hold or exit"),
    };

    /// <summary>The value of <c>--adc-rate</c>.</summary>
    public double ToAdcRate() => AdcRate == 0 || SampleClock.IsAdcRate(AdcRate)
        ? AdcRate
        : throw RecvException.BadUsage($"--adc-rate {AdcRate}: give timestamp units per second (Hz), 1 to 1e12, or 0 for the layout's");

    /// <summary>The value of <c>--sync-time</c>, in Unix seconds.</summary>
    public decimal? ToSyncTime()
    {
        if (SyncTime is null) return null;
        return SampleClock.TryParseSyncTime(SyncTime, out decimal seconds)
            ? seconds
            : throw RecvException.BadUsage($"--sync-time {SyncTime}: give Unix seconds (1700000000.5) or ISO 8601 (2023-11-14T22:13:20Z)");
    }

    /// <summary>Reads an overrun policy.</summary>
    public static OverrunPolicy ParseOverrun(string text) => text switch
    {
        "drop-oldest" => OverrunPolicy.DropOldest,
        "drop-newest" => OverrunPolicy.DropNewest,
        "block" => OverrunPolicy.Block,
        _ => throw RecvException.BadUsage($"--overrun {text}: give drop-oldest, drop-newest or block"),
    };
}
