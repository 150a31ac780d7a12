using System.Globalization;
using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Receiving;

/// <summary>Options of the sender that other measurements start as a process of its own.</summary>
[Verb("send-child", Hidden = true)]
internal sealed class SendOptions
{
    /// <summary>Address of the receiver.</summary>
    [Option("host", Default = "127.0.0.1")]
    public string Host { get; set; } = "";

    /// <summary>First of the ports there.</summary>
    [Option("port", Required = true)]
    public int Port { get; set; }

    /// <summary>Ports, which get heaps in turn.</summary>
    [Option("streams", Default = 1)]
    public int Streams { get; set; }

    /// <summary>Gigabits a second; 0 for as fast as it goes.</summary>
    [Option("rate", Required = true)]
    public double Rate { get; set; }

    [Option("packet", Required = true)]
    public int Packet { get; set; }

    [Option("heap", Required = true)]
    public int Heap { get; set; }

    [Option("heaps", Required = true)]
    public int Heaps { get; set; }

    [Option("gso")]
    public bool Segmentation { get; set; }

    /// <summary>The arguments that give these options.</summary>
    public string Arguments => string.Create(CultureInfo.InvariantCulture,
        $"send-child --host {Host} --port {Port} --streams {Streams} --rate {Rate} --packet {Packet} --heap {Heap} --heaps {Heaps}")
        + (Segmentation ? " --gso" : "");
}
