using CommandLine;
using Recv.Sources.Udp;

namespace Recv.Bench.Loopback;

/// <summary>Options of the receiver that <c>loopback</c> starts as a process of its own.</summary>
[Verb("loopback-receive", Hidden = true)]
internal sealed class ReceiveOptions
{
    [Option("port", Required = true)]
    public int Port { get; set; }

    [Option("buffer", Required = true)]
    public int BufferMiB { get; set; }

    [Option("wait", Default = WaitPolicy.Nap)]
    public WaitPolicy Wait { get; set; }

    [Option("nap")]
    public int NapMicroseconds { get; set; }

    [Option("heap", Required = true)]
    public long Heap { get; set; }
}
