using CommandLine;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv demo</c>.</summary>
[Verb("demo",
    HelpText = "The whole pipeline on loopback multicast: simulated digitiser, receiver, every sample verified.")]
internal sealed class DemoOptions
{
    [Option("seconds", Default = 10.0, MetaValue = "S", HelpText = "How long.")]
    public double Seconds { get; set; }

    [Option("rate", MetaValue = "GBPS",
        HelpText = "Gb/s of datagram payload. Default: 1, or what the granted socket buffer carries "
            + "through a stall of 100 ms.")]
    public double? Rate { get; set; }

    [Option("http", MetaValue = "ADDR:PORT",
        HelpText = "Where /metrics is served. Default: 127.0.0.1:9488, or any port if that is taken; off: nowhere.")]
    public string? Http { get; set; }
}
