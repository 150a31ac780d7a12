using CommandLine;

namespace Recv.Bench.Receiving;

/// <summary>What every receiver of ours is told that a measurement starts as a process of its own.</summary>
internal abstract class ReceiverChildOptions
{
    /// <summary>Socket buffer asked for; the kernel accounts twice that.</summary>
    [Option("buffer", Required = true)]
    public int BufferMiB { get; set; }

    /// <summary>Bytes of a heap.</summary>
    [Option("heap", Required = true)]
    public long Heap { get; set; }

    /// <summary>The arguments that give these options.</summary>
    protected string Common => $"--buffer {BufferMiB} --heap {Heap}";
}
