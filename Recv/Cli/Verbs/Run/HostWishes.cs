using System.Globalization;
using Recv.Cli.Parsing;
using Recv.Memory;
using Recv.Native;
using Recv.Sources;
using Recv.Threads;

namespace Recv.Cli.Verbs.Run;

/// <summary>What <c>run</c> asks of the host for its streams: cores, priority, socket buffers, waiting, memory.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record HostWishes
{
    private readonly int[] _cores;
    private readonly SourceOptions _socket;

    /// <summary>Reads the options.</summary>
    /// <exception cref="RecvException">One of them is wrong (exit code 2).</exception>
    public HostWishes(RunOptions options, int streams)
    {
        _cores = Cores(options.Affinity, streams);
        Priority = options.RtPriority is >= 0 and <= RealTime.MaxPriority
            ? options.RtPriority
            : throw RecvException.BadUsage($"--rt-priority {options.RtPriority}: give 1 to {RealTime.MaxPriority}, or 0 for none")
            .For(Setting.RtPriority);
        var memory = new MemoryOptions { Locked = options.LockMemory, HugePages = options.HugePages };
        Chunks = memory with { Node = NumaNodes.Near(_cores) };
        _socket = Socket(options, streams) with { Memory = memory };
        Warning = Priority != PinnedThread.NoPriority && _socket.Wait is WaitPolicy.Spin ? SpinningInRealTime : null;
    }

    /// <summary>Real-time priority of the receive threads, or <see cref="PinnedThread.NoPriority"/>.</summary>
    public int Priority { get; }

    /// <summary>Memory of the chunks: near the cores when they are all on one node.</summary>
    public MemoryOptions Chunks { get; }

    /// <summary>What the user should know of this combination, in one line, or null.</summary>
    public string? Warning { get; }

    /// <summary>Core of a stream, or <see cref="PinnedThread.AnyCore"/>.</summary>
    public int CoreOf(int stream) => _cores[stream];

    /// <summary>Socket and receive buffers of a stream, these near its core.</summary>
    public SourceOptions SocketOf(int stream) => _socket with { Memory = _socket.Memory with { Node = NumaNodes.Near([_cores[stream]]) } };

    private const string SpinningInRealTime =
        "--wait spin with --rt-priority leaves its core to nothing else, and the kernel stops such a thread for 50 ms of each second "
        + "(kernel.sched_rt_runtime_us), in which a socket buffer may overflow; give it an isolated core (--affinity) and "
        + "sysctl -w kernel.sched_rt_runtime_us=-1, or take --wait nap";

    private static SourceOptions Socket(RunOptions options, int streams)
    {
        long bytes = options.Buffer is null ? new SourceOptions().BufferBytes : ByteSize.Parse(Setting.Buffer, options.Buffer);
        (WaitPolicy wait, int nap) = WaitChoice.Parse(options.Wait);
        return new SourceOptions
        {
            BufferBytes = Math.Max(1, bytes / streams),
            BufferRequired = options.Buffer is not null,
            Wait = wait,
            NapMicroseconds = nap,
        };
    }

    private static int[] Cores(string? affinity, int streams)
    {
        if (affinity is null) return [.. Enumerable.Repeat(PinnedThread.AnyCore, streams)];
        string[] parts = affinity.Split(',');
        var cores = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out cores[i])
                || cores[i] < PinnedThread.AnyCore)
                throw RecvException.BadUsage(
                    $"--affinity {affinity}: '{parts[i]}' is not a valid core; give a core for each stream, -1 for any")
                        .For(Setting.Affinity);
        }
        if (cores.Length != streams) throw RecvException.BadUsage(
            $"--affinity {affinity}: {cores.Length} cores for {streams} streams; give one for each --src").For(Setting.Affinity);
        return cores;
    }
}
