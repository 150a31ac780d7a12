using CommandLine;
using Recv.Bench.Receiving;
using Recv.Cli.Verbs;

namespace Recv.Bench.Bypass;

/// <summary>Options of the receiver that <c>bypass</c> starts as a process of its own.</summary>
[Verb("bypass-receive", Hidden = true)]
internal sealed class BypassReceiveOptions : ReceiverChildOptions
{
    [Option("src", Required = true)]
    public string Source { get; set; } = "";

    /// <summary>The arguments that give these options.</summary>
    public string Arguments => $"bypass-receive --src {Source} {Common}";
}
