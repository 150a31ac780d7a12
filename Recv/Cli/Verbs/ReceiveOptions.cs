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

    [Option("max-chunks", SetName = LayoutSet, MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.MaxChunks))]
    public int MaxChunks { get; set; } = new StreamOptions().MaxChunks;

    [Option("max-heaps", SetName = LayoutSet, MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.MaxHeaps))]
    public int MaxHeaps { get; set; } = new StreamOptions().MaxHeaps;

    [Option("substreams", SetName = LayoutSet, MetaValue = "N",
        ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Substreams))]
    public int Substreams { get; set; } = new StreamOptions().Substreams;

    [Option("chunks", MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Chunks))]
    public int Chunks { get; set; }

    [Option("sink", Separator = ArgumentList.Separator, MetaValue = "SINK",
        HelpText = "Chunk sink; repeatable. Default: null, which counts them. verify[:PATTERN[:SEED]] checks the "
            + "simulator's pattern (tone, noise, minstd) sample by sample; file:DIR[?keep=N] stores chunks as .npy, the last N if asked; "
            + "host, opencl[:DEVICE] and cuda[:DEVICE] unpack and compute power, clipping and histograms.")]
    public IEnumerable<string> Sinks { get; set; } = [];

    [Option("allow-out-of-order", SetName = LayoutSet, ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.AllowOutOfOrder))]
    public bool AllowOutOfOrder { get; set; }

    [Option("stop-on-stop-item", SetName = LayoutSet, ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.StopOnStopItem))]
    public bool StopOnStopItem { get; set; }

    [Option("packet-presence", SetName = LayoutSet, MetaValue = "BYTES",
        ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.PacketPresence))]
    public int PacketPresence { get; set; }

    [Option("time", MetaValue = "POLICY",
        HelpText = "When timestamps jump: resync (follow once all agree), hold (take them as they come), exit. Default: resync; replay: "
            + "hold.")]
    public string? Time { get; set; }

    [Option("adc-rate", MetaValue = "HZ", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.AdcRate))]
    public double AdcRate { get; set; }

    [Option("sync-time", MetaValue = "TIME", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.SyncTime))]
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
        string text => throw RecvException.BadUsage($"--time {text}: give resync, hold or exit").For(Setting.Time),
    };

    /// <summary>The value of <c>--adc-rate</c>.</summary>
    public double ToAdcRate() => AdcRate == 0 || SampleClock.IsAdcRate(AdcRate)
        ? AdcRate
        : throw RecvException.BadUsage($"--adc-rate {AdcRate}: give timestamp units per second (Hz), 1 to 1e12, or 0 for the layout's")
        .For(Setting.AdcRate);

    /// <summary>The value of <c>--sync-time</c>, in Unix seconds.</summary>
    public decimal? ToSyncTime()
    {
        if (SyncTime is null) return null;
        return SampleClock.TryParseSyncTime(SyncTime, out decimal seconds)
            ? seconds
            : throw RecvException.BadUsage($"--sync-time {SyncTime}: give Unix seconds (1700000000.5) or ISO 8601 (2023-11-14T22:13:20Z)")
            .For(Setting.SyncTime);
    }

    /// <summary>Reads an overrun policy.</summary>
    public static OverrunPolicy ParseOverrun(string text) => text switch
    {
        "drop-oldest" => OverrunPolicy.DropOldest,
        "drop-newest" => OverrunPolicy.DropNewest,
        "block" => OverrunPolicy.Block,
        _ => throw RecvException.BadUsage($"--overrun {text}: give drop-oldest, drop-newest or block").For(Setting.Overrun),
    };
}
