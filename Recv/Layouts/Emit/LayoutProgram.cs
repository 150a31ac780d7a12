using System.Collections.Immutable;
using Recv.Layouts.Expressions;

namespace Recv.Layouts.Emit;

/// <summary>
/// What a layout does with a heap, step by step, with all names resolved: what the emitter turns into code.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record LayoutProgram
{
    /// <summary>
    /// Immediate items are unsigned and at most 7 bytes wide (SPEAD-64-56 has the widest heap address).
    /// </summary>
    public const int ItemBits = 56;

    /// <summary>Bits of an unwrapped timestamp; leaves room for steps beyond it.</summary>
    public const int TimestampBits = 62;

    /// <summary>Index of <c>metadata_heaps</c> in the statistics.</summary>
    public const int MetadataStatistic = 0;

    /// <summary>Index of <c>bad_timestamp_heaps</c> in the statistics.</summary>
    public const int BadTimestampStatistic = 1;

    /// <summary>Sizes, items, statistics.</summary>
    public required LayoutShape Shape { get; init; }

    /// <summary>The timestamp over the items, or null when it is one of them.</summary>
    public required Bound? Timestamp { get; init; }

    /// <summary>Whether the timestamp is rounded down to the grid instead of being checked.</summary>
    public required bool Mask { get; init; }

    /// <summary>Conditions in order, each with the index of its statistic.</summary>
    public required ImmutableArray<ProgramCheck> Checks { get; init; }

    /// <summary>Index of each axis, in the order of the axes; null for time.</summary>
    public required ImmutableArray<Bound?> Indexes { get; init; }

    /// <summary>Value of <c>extra</c>, or null.</summary>
    public required Bound? Extra { get; init; }

    /// <summary>Statistic of an index outside its axis, -1 when ranges exclude it.</summary>
    public required int BadIndexStatistic { get; init; }

    /// <summary>Statistic of an overflow or a division by zero, -1 when ranges exclude them.</summary>
    public required int ArithmeticStatistic { get; init; }

    /// <summary>Values of an index that are inside <paramref name="axis"/>.</summary>
    public static Interval Inside(LayoutAxis axis) => new(0, axis.Size - 1);

    /// <summary>Whether <paramref name="index"/> can be outside <paramref name="axis"/>; that of time cannot.</summary>
    public static bool CanLeave(Bound? index, LayoutAxis axis) =>
        index is not null && !index.Range.IsWithin(Inside(axis));

    /// <summary>Values of <paramref name="item"/> after an absent one has got its default.</summary>
    public static Interval RangeOf(LayoutItem item, bool isTimestamp)
    {
        var range = new Interval(0, (1L << (isTimestamp ? TimestampBits : ItemBits)) - 1);
        return item.Required ? range : range.Union(Interval.Exactly(item.Default));
    }
}

/// <summary>A heap for which <paramref name="Unless"/> is 0 is rejected.</summary>
internal sealed record ProgramCheck(int Statistic, Bound Unless);
