using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Which item of a kind of heaps is its time, and the steps that it goes in.</summary>
/// <param name="Column">Of <see cref="HeapKind.Immediate"/>.</param>
/// <param name="Id">Item ID.</param>
/// <param name="Step">From one time to the next; 1 when only one was seen.</param>
/// <param name="Masked">The low bits carry something else, and are to be cleared.</param>
/// <param name="IsCertain">Whether the step was seen often enough to be believed.</param>
/// <param name="Offset">Where in a step the times are: 0 when they are multiples of it, as when <paramref name="Masked"/>.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record TimeGrid(int Column, long Id, long Step, bool Masked, bool IsCertain, long Offset = 0)
{
    // A rule that holds for four of five heaps is a rule; the fifth is a mistake of the sender.
    private const double Most = 0.8;

    // Nothing but a grid has half of all times on it.
    private const double OnGrid = 0.5;

    /// <summary>Whether a layout has to round times down to the step.</summary>
    public bool IsRounded => Masked || Offset != 0;

    /// <summary>Where the bits of the clock were full and it began again; most often nowhere.</summary>
    public IReadOnlyList<Wrap> Wraps { get; private init; } = [];

    /// <summary>The time of a heap, as if the clock had bits enough: wraps are undone.</summary>
    public static long At(long[] sample) => sample[^1];

    /// <summary>Whether a time is one that this clock can have.</summary>
    public bool Contains(long time) => Masked || (time - Offset) % Step == 0;

    /// <summary>The number of the step that a time is in, as a layout counts them.</summary>
    public long StepOf(long time) => time / Step;

    /// <summary>Finds it: the item called timestamp, or else one that grows, or else the heap cnt. One that cycles is an axis.</summary>
    public static TimeGrid Of(HeapKind kind)
    {
        int column = Array.IndexOf(kind.Immediate, ItemIds.Timestamp);
        if (column < 0 || Cycles(kind, column)) column = Enumerable.Range(1, kind.Immediate.Length - 1).Where(of => Runs(kind, of))
            .DefaultIfEmpty(0).First();
        IReadOnlyList<Wrap> wraps = kind.Unwrap(column);
        return Of(kind, column) with { Wraps = wraps };
    }

    private static TimeGrid Of(HeapKind kind, int column)
    {
        long[] times = [.. kind.Samples.Select(At).Distinct().Order()];
        long id = kind.Immediate[column];
        if (times.Length < 2) return new TimeGrid(column, id, 1, Masked: false, IsCertain: false);
        IGrouping<long, long> common = times.Zip(times.Skip(1), (before, after) => after - before)
            .GroupBy(step => step).OrderByDescending(steps => steps.Count()).ThenBy(steps => steps.Key).First();
        if (OffsetOf(times, common.Key) is { } offset)
            return new TimeGrid(column, id, common.Key, Masked: false, IsCertain: common.Count() > 1, offset);
        return Hidden(kind, column) is (long step, bool isCertain)
            ? new TimeGrid(column, id, step, Masked: true, isCertain)
            : new TimeGrid(column, id, 1, Masked: false, IsCertain: false);
    }

    /// <summary>Where in a step the times are; null when they are anywhere. A clock need not begin on a multiple of its step.</summary>
    private static long? OffsetOf(long[] times, long step)
    {
        if (times.Count(time => time % step == 0) >= OnGrid * times.Length) return 0;
        IGrouping<long, long> offset = times.GroupBy(time => time % step).MaxBy(times => times.Count())!;
        return offset.Count() >= Most * times.Length ? offset.Key : null;
    }

    /// <summary>Grows from heap to heap, or stays for a while, and has many values.</summary>
    private static bool Runs(HeapKind kind, int column)
    {
        int forward = 0, still = 0;
        for (int i = 1; i < kind.Samples.Count; i++)
        {
            long difference = kind.Samples[i][column] - kind.Samples[i - 1][column];
            if (difference > 0) forward++;
            if (difference == 0) still++;
        }
        return forward >= 3 && forward + still >= Most * (kind.Samples.Count - 1) && !Cycles(kind, column);
    }

    /// <summary>
    /// Goes from its newest value back to its oldest again and again, as channels and antennas do that are sent in turn. A clock that is
    /// set
    /// back does so once; a late heap comes from less far away.
    /// </summary>
    private static bool Cycles(HeapKind kind, int column)
    {
        // In the order in which they first came, which for a time is the order of time.
        Dictionary<long, int> places = [];
        foreach (long[] sample in kind.Samples) places.TryAdd(sample[column], places.Count);
        int turns = 0, before = 0;
        foreach (long[] sample in kind.Samples)
        {
            int place = places[sample[column]];
            if (before - place >= OfATurn * (places.Count - 1)) turns++;
            before = place;
        }
        return places.Count >= LeastInTurn && turns > 1;
    }

    // Two that alternate may be times of which heaps came in turn; some of a turn may be lost.
    private const int LeastInTurn = 3;
    private const double OfATurn = 0.75;

    /// <summary>
    /// A power of two that heaps of one source go on by, whatever their low bits: digitisers may put other things there. Or else
    /// the step of a clock that does not keep it.
    /// </summary>
    private static (long Step, bool IsCertain)? Hidden(HeapKind kind, int column)
    {
        // All heaps are one source's, or else some item says whose they are.
        int[] labels = [-1, .. Enumerable.Range(1, kind.Immediate.Length - 1).Where(of => of != column && IsLabel(kind, of))];
        long[][][] divisions = [.. labels.Select(label => Sources(kind, column, label)).Where(sources => sources.Length > 0)];
        foreach (long[][] sources in divisions)
            if (Hidden(sources) is { } step) return (step, true);
        foreach (long[][] sources in divisions)
            if (Jittered(sources) is { } step) return (step, false);
        return null;
    }

    /// <summary>The times of each source, sorted.</summary>
    private static long[][] Sources(HeapKind kind, int column, int label) =>
        [.. kind.Samples.GroupBy(sample => label < 0 ? 0 : sample[label])
            .Select(group => group.Select(At).Distinct().Order().ToArray()).Where(times => times.Length > 2)];

    private static long? Hidden(long[][] sources)
    {
        double mean = sources.Average(times => (times[^1] - times[0]) / (times.Length - 1.0));
        if (mean is not (>= 2 and < 1L << 40)) return null;
        // Loss makes the mean larger than the step.
        for (int bits = (int)Math.Round(Math.Log2(mean)); bits > 0 && bits > Math.Log2(mean) - 2; bits--)
        {
            if (Follow(sources, 1L << bits)) return 1L << bits;
        }
        return null;
    }

    /// <summary>The roundest number among the differences of a clock that does not keep its step.</summary>
    private static long? Jittered(long[][] sources)
    {
        long[] differences = [.. sources.SelectMany(times => times.Zip(times.Skip(1), (before, after) => after - before)).Order()];
        // Loss makes some of them larger.
        (long low, long high) = (differences[differences.Length / 20], differences[differences.Length * 3 / 4]);
        for (long unit = 1_000_000_000_000; unit > 1; unit /= 10)
            if (high / unit * unit is var step && step >= low && step > 0) return Follow(sources, step) ? step : null;
        return null;
    }

    /// <summary>Whether times of a source mostly fall into one step after the other, and never two into one.</summary>
    private static bool Follow(long[][] sources, long step)
    {
        long[] steps = [.. sources.SelectMany(times => times.Zip(times.Skip(1), (before, after) => after / step - before / step))];
        return !steps.Contains(0) && steps.Count(each => each == 1) >= Most * steps.Length;
    }

    /// <summary>Whether an item says who sent the heap, rather than something of the moment.</summary>
    private static bool IsLabel(HeapKind kind, int column) =>
        kind.Samples.Select(sample => sample[column]).Distinct().Count() * 4 <= kind.Samples.Count;
}
