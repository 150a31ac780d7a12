using Recv.Memory;

namespace Recv.Sources;

/// <summary>How a source receives, as far as its kind can: sockets in all points, rings past them in buffer, waiting and memory.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SourceOptions
{
    /// <summary>
    /// Receive buffer in bytes, all sockets of the source together, as the kernel accounts it: payload, headers and the
    /// kernel's own overhead. (The kernel doubles what setsockopt is given, so half of this is asked of it, and
    /// <c>net.core.rmem_max</c> needs to be half of this for each socket.) Default 64 MiB: 50 ms at 10 Gb/s.
    /// </summary>
    [Effect("Receive buffer of the sockets together, with K, M or G, as far as granted; a value that you name must be granted.")]
    public long BufferBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The user named <see cref="BufferBytes"/>: less than that is an error, not a warning. Default
    /// false.</summary>
    public bool BufferRequired { get; init; }

    /// <summary>
    /// UDP GRO: the kernel gives packets of equal size in one buffer. Default true; needs <see cref="MessageBytes"/> of
    /// 65536.
    /// </summary>
    public bool Gro { get; init; } = true;

    /// <summary>Most messages (buffers of the kernel) per system call, 1 to 1024. Default 64; of long ones only as many as
    /// stay in the L2 cache.</summary>
    public int Messages { get; init; } = 64;

    /// <summary>Room for one message in bytes, 1 to 65536; what is longer is cut and counted. Default 65536: nothing is
    /// longer.</summary>
    public int MessageBytes { get; init; } = 65536;

    /// <summary>What the receive thread does while its sockets are empty. Default <see cref="WaitPolicy.Nap"/>: it loses as
    /// little and costs the least.</summary>
    [Effect("What receive threads do while their sockets are empty: nap (default: sleep up to half a millisecond "
        + "so that a batch collects; nap:200 for 200 us), block, busy-poll (poll the card, then block), spin (never give up the core).")]
    public WaitPolicy Wait { get; init; } = WaitPolicy.Nap;

    /// <summary>Length of a nap in microseconds, up to 10000. Default 0: 500, or less where the granted buffer would be a
    /// quarter full before at 40 Gb/s; where that is under 50, it blocks.</summary>
    public int NapMicroseconds { get; init; }

    /// <summary>Of what kind the receive buffers are.</summary>
    public MemoryOptions Memory { get; init; } = MemoryOptions.Default;

    internal void Check()
    {
        if (NapMicroseconds is < 0 or > 10_000) throw RecvException.BadUsage(
            $"a nap of {NapMicroseconds} us; give 1 to 10000");
        if (Messages is < 1 or > 1024) throw RecvException.BadUsage(
            $"{Messages} messages per system call; give 1 to 1024");
        if (MessageBytes is < 1 or > 65536) throw RecvException.BadUsage(
            $"{MessageBytes} bytes per message; give 1 to 65536");
        if (Gro && MessageBytes != 65536) throw RecvException.BadUsage(
            $"UDP GRO needs 65536 bytes per message and has {MessageBytes}; switch it off or give the room");
        if (BufferBytes < 1) throw RecvException.BadUsage($"a receive buffer of {BufferBytes} bytes; give at least 1");
    }
}
