using System.Runtime.CompilerServices;
using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Bench.InMemory;

/// <summary>
/// A layout that sees the same packets later in each pass, so that the window goes on as in a real stream.
/// </summary>
/// <remarks><b>Threading:</b> the measured thread.</remarks>
internal readonly struct ShiftedLayout<TLayout>(TLayout inner, PassClock clock) : IHeapLayout
    where TLayout : struct, IHeapLayout
{
    private readonly TLayout _inner = inner;
    private readonly PassClock _clock = clock;
    private readonly int _timestamp = inner.Shape.TimestampItem;

    /// <inheritdoc/>
    public LayoutShape Shape => _inner.Shape;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        // In place: the stream fills them anew for each heap, and a copy would cost as much as placing does.
        Unsafe.AsRef(in items[_timestamp]) += _clock.Shift;
        return _inner.Place(heapLength, items, out placement);
    }
}

/// <summary>Makes a <see cref="ShiftedLayout{TLayout}"/> of a layout that is known only at run time.</summary>
internal static class ShiftedLayout
{
    /// <summary>Around a boxed struct.</summary>
    public static IHeapLayout Of(IHeapLayout layout, PassClock clock) => (IHeapLayout)Activator.CreateInstance(
        typeof(ShiftedLayout<>).MakeGenericType(layout.GetType()), layout, clock)!;
}
