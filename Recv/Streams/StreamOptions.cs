namespace Recv.Streams;

/// <summary>How one stream receives. The defaults are those of the command line.</summary>
public sealed record StreamOptions
{
    /// <summary>Live heaps per substream; a further one evicts the oldest. Default 4.</summary>
    [Effect("Live heaps per substream; one more evicts the oldest.")]
    public int MaxHeaps { get; init; } = 4;

    /// <summary>Senders that have live heaps of their own: heap cnt modulo this. Default 1.</summary>
    [Effect("Senders with live heaps of their own: heap cnt modulo N.")]
    public int Substreams { get; init; } = 1;

    /// <summary>Chunks under construction at one time. Default 2.</summary>
    [Effect("Chunks under construction at one time.")]
    public int MaxChunks { get; init; } = 2;

    /// <summary>Whether the packets of a heap may come in any order. Default false: only in order.</summary>
    [Effect("The packets of a heap may come in any order.")]
    public bool AllowOutOfOrder { get; init; }

    /// <summary>Whether a stop item ends the stream. Default false: a stop heap is a heap like any other.</summary>
    [Effect("A stop item ends the stream.")]
    public bool StopOnStopItem { get; init; }

    /// <summary>0 for one <c>present</c> entry per heap; otherwise bytes of payload per entry (packet presence mode).</summary>
    [Effect("One presence entry per BYTES of payload instead of one per heap; 0: per heap.")]
    public int PacketPresenceBytes { get; init; }

    /// <summary>Refuses values that make no sense.</summary>
    /// <exception cref="RecvException">One line that names the option (exit code 2).</exception>
    public void Validate()
    {
        Require(MaxHeaps is >= 1 and <= MaxSlots, Setting.MaxHeaps, MaxHeaps, $"1 to {MaxSlots}");
        Require(Substreams is >= 1 and <= MaxSlots, Setting.Substreams, Substreams, $"1 to {MaxSlots}");
        if ((long)MaxHeaps * Substreams > MaxSlots)
        {
            long slots = (long)MaxHeaps * Substreams;
            throw RecvException.BadSetting($"{Setting.MaxHeaps} times {Setting.Substreams} {slots}: must be at most {MaxSlots}");
        }
        Require(MaxChunks is >= 1 and <= 1024, Setting.MaxChunks, MaxChunks, "1 to 1024");
        Require(PacketPresenceBytes >= 0, Setting.PacketPresence, PacketPresenceBytes, "0 or more bytes");
    }

    // 2^20 slots of 64 bytes: 64 MiB, far more than any instrument needs.
    private const int MaxSlots = 1 << 20;

    private static void Require(bool holds, Setting setting, long value, string allowed)
    {
        if (!holds) throw RecvException.BadSetting($"{setting} {value}: must be {allowed}");
    }
}
