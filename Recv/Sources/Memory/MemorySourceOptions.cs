namespace Recv.Sources.Memory;

/// <summary>How a <see cref="MemorySource"/> gives its datagrams.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record MemorySourceOptions
{
    /// <summary>Value of <see cref="Repeats"/>: never ends.</summary>
    public const long Endless = long.MaxValue;

    /// <summary>Most datagrams per batch. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Times that the datagrams are given, one round after the other. Default 1.</summary>
    public long Repeats { get; init; } = 1;
}
