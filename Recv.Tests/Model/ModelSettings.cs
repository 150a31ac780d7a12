namespace Recv.Tests.Model;

/// <summary>How a stream of the model is set up, with spead2's defaults.</summary>
public sealed record ModelSettings
{
    /// <summary>Live heaps per substream.</summary>
    public int MaxHeaps { get; init; } = 4;

    /// <summary>Substreams: substream = heap cnt modulo this.</summary>
    public int Substreams { get; init; } = 1;

    /// <summary>Whether a stop item ends the stream.</summary>
    public bool StopOnStopItem { get; init; } = true;

    /// <summary>Whether the packets of a heap may come in any order.</summary>
    public bool AllowOutOfOrder { get; init; }

    /// <summary>Chunks under construction at one time.</summary>
    public int MaxChunks { get; init; } = 2;

    /// <summary>Divisor of packet presence mode, or 0.</summary>
    public int PacketPresenceBytes { get; init; }

    /// <summary>Keeps completed heaps with their payload in <see cref="ModelReceiver.Heaps"/>.</summary>
    public bool KeepHeaps { get; init; }
}
