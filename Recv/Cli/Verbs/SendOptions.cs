using CommandLine;
using Recv.Cli.Parsing;
using Recv.Simulate;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv send</c>.</summary>
[Verb("send",
    HelpText = "Simulates an instrument: heaps with a pattern that a receiver can verify, paced, with seeded faults.")]
internal sealed class SendOptions
{
    [Value(0, MetaName = "digitiser|fengine|beam|spead2|sps", HelpText = "What to simulate.")]
    public string? Instrument { get; set; }

    [Option("dst", Separator = ArgumentList.Separator, MetaValue = "ADDR[+N]:PORT[?if=IFACE&ttl=N]",
        HelpText = "Where to; several get the heaps in turn.")]
    public IEnumerable<string> Destinations { get; set; } = [];

    [Option("set", Separator = ArgumentList.Separator, MetaValue = "NAME=VALUE",
        HelpText = "Value of a parameter, by the names of the layouts; repeatable.")]
    public IEnumerable<string> Set { get; set; } = [];

    [Option("rate", Default = 0.1, MetaValue = "GBPS",
        HelpText = "Gb/s of datagram payload; 0: as fast as it goes.")]
    public double Rate { get; set; }

    [Option("heaps", MetaValue = "N", HelpText = "Heaps to send. Default: until stopped.")]
    public long? Heaps { get; set; }

    [Option("seconds", MetaValue = "S", HelpText = "Seconds of data to send at the rate. Default: until stopped.")]
    public double? Seconds { get; set; }

    [Option("packet", MetaValue = "BYTES", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Packet))]
    public int Packet { get; set; } = new SimulatorOptions().MaxPacketBytes;

    [Option("flavour", MetaValue = "64-48",
        HelpText = "SPEAD flavour, 64-8 to 64-56. Default: 64-48, for spead2 64-40.")]
    public string? Flavour { get; set; }

    [Option("pattern", MetaValue = "tone|noise|minstd",
        HelpText = "What the heaps hold. Default: tone for a digitiser, minstd for spead2, else noise.")]
    public string? Pattern { get; set; }

    [Option("seed", MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Seed))]
    public ulong Seed { get; set; } = new SimulatorOptions().Seed;

    [Option("start-timestamp", MetaValue = "T", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.StartTimestamp))]
    public long StartTimestamp { get; set; }

    [Option("start-heap-cnt", MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.StartHeapCnt))]
    public long? StartHeapCnt { get; set; }

    [Option("interleave", MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Interleave))]
    public int Interleave { get; set; } = new SimulatorOptions().Interleave;

    [Option("descriptors", HelpText = "Sends a heap of item descriptors first.")]
    public bool Descriptors { get; set; }

    [Option("no-stop", HelpText = "Sends no stop heap at the end.")]
    public bool NoStop { get; set; }

    [Option("gso", HelpText = "Hands equal packets to the kernel as one buffer (UDP segmentation offload).")]
    public bool Segmentation { get; set; }

    [Option("faults", MetaValue = "KIND=VALUE,...",
        HelpText = "Seeded faults: loss, duplicate, reorder, corrupt, truncate, delay (shares), "
            + "reorder-distance, delay-heaps, jump-at, jump-by, reset-at, reset-to, seed.")]
    public string? Faults { get; set; }
}
