using CommandLine;

namespace Recv.Bench.Bypass;

/// <summary>Options of the receiver that <c>bypass</c> starts as a process of its own.</summary>
[Verb("bypass-receive", Hidden = true)]
internal sealed class BypassReceiveOptions
{
    [Option("src", Required = true)]
    public string Source { get; set; } = "";

    [Option("buffer", Required = true)]
    public int BufferMiB { get; set; }

    [Option("heap", Required = true)]
    public long Heap { get; set; }
}
