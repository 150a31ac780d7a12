using Recv.Spead.Patterns;

namespace Recv.Sinks.Verify;

/// <summary>What a <see cref="VerifySink"/> expects. It has to be what the sender was told.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record VerifyOptions
{
    /// <summary>The pattern. Default (null): minstd where the layout's timestamp is the heap cnt, tone where it has
    /// real samples of fewer than 17 bits, else noise: what the simulators send by default.</summary>
    public PatternKind? Pattern { get; init; }

    /// <summary>Seed of the pattern. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the count of saturated samples in <c>extra</c> is checked, too, where the layout has it.
    /// Default true. For noise that takes several times as long as the comparison, because every sample has to be
    /// unpacked.</summary>
    public bool CheckExtra { get; init; } = true;
}
