using CommandLine;
using Recv.Cli.Verbs;
using Recv.Sources;

namespace Recv.Bench.Receiving;

/// <summary>Options of the receiver that other measurements start as a process of its own.</summary>
[Verb("receive-child", Hidden = true)]
internal sealed class ReceiveOptions : ReceiverChildOptions
{
    /// <summary>First of the ports on 127.0.0.1, one for each stream.</summary>
    [Option("port", Required = true)]
    public int Port { get; set; }

    /// <summary>Cores of the receive threads, one for each stream; -1 for any.</summary>
    [Option("cores", Default = new[] { -1 }, Separator = ',')]
    public IEnumerable<int> Cores { get; set; } = [];

    /// <summary>Whether every byte is compared with what was sent.</summary>
    [Option("verify")]
    public bool Verify { get; set; }

    /// <summary>Whether heaps that are absent from the first chunks are counted.</summary>
    [Option("early")]
    public bool Early { get; set; }

    /// <summary>Megabytes a second that the rest of the process allocates.</summary>
    [Option("allocate")]
    public int AllocateMegabytes { get; set; }

    /// <summary>Milliseconds from one forced background collection to the next; 0 for none.</summary>
    [Option("collect")]
    public int CollectMilliseconds { get; set; }

    /// <summary>What receive threads do while their sockets are empty.</summary>
    [Option("wait", Default = WaitPolicy.Nap)]
    public WaitPolicy Wait { get; set; }

    /// <summary>Whether somebody reads its metrics while it receives.</summary>
    [Option("scraped")]
    public bool Scraped { get; set; }

    /// <summary>Whether the CPU time is that of the receive threads alone.</summary>
    [Option("threads-only")]
    public bool ThreadsOnly { get; set; }

    /// <summary>The arguments that give these options.</summary>
    public string Arguments =>
        $"receive-child --port {Port} {Common} --cores {string.Join(',', Cores)}"
        + $"{(Verify ? " --verify" : "")}{(Early ? " --early" : "")}{(ThreadsOnly ? " --threads-only" : "")}{(Scraped ? " --scraped" : "")}"
        + $" --allocate {AllocateMegabytes} --collect {CollectMilliseconds} --wait {Wait}";
}
