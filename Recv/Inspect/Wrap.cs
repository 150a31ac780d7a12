namespace Recv.Inspect;

/// <summary>A clock whose bits were full and that began again at 0, which is no mistake.</summary>
/// <param name="Sample">The first heap behind it, of those looked at.</param>
/// <param name="From">What the clock showed before it.</param>
/// <param name="To">Its own time.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Wrap(int Sample, long From, long To)
{
    // Times that are this part of the range apart, the wrap between them, are not neighbours: something jumped.
    private const int NearPart = 16;

    // Heaps in a row that must agree on a time before it is taken for the clock's: single ones may be wild.
    private const int Agreeing = 8;

    /// <summary>The times of a column as if it had bits enough, in the order of arrival; none is negative.</summary>
    /// <param name="samples">Heaps as they came.</param>
    /// <param name="column">Which of their values.</param>
    /// <param name="bits">Of a value.</param>
    public static (long[] Times, IReadOnlyList<Wrap> Wraps) Unwrap(IReadOnlyList<long[]> samples, int column, int bits)
    {
        long range = 1L << bits;
        long[] times = new long[samples.Count];
        var wraps = new List<Wrap>();
        long clock = times.Length == 0 ? 0 : samples[0][column];
        long turns = 0, last = clock, lowest = 0;
        int strange = 0;
        for (int i = 0; i < times.Length; i++)
        {
            long wire = samples[i][column];
            // Signed and modulo the range, by shifting it to the top and back.
            long Distance(long from) => wire - from << 64 - bits >> 64 - bits;
            bool isNear = Math.Abs(Distance(clock)) < range / NearPart;
            strange = isNear ? 0 : Math.Abs(Distance(last)) < range / NearPart ? strange + 1 : 1;
            (last, long before) = (wire, clock);
            // A wild time is left where it is; the clock goes on from where it was.
            if (isNear) clock += Distance(clock);
            else if (strange == Agreeing) clock = Math.Max(0, turns) * range + wire;
            times[i] = isNear ? clock : Math.Max(0, turns) * range + wire;
            lowest = Math.Min(lowest, times[i]);
            if (!isNear || clock >> bits <= turns) continue;
            turns = clock >> bits;
            wraps.Add(new Wrap(i, before & range - 1, wire));
        }
        // Heaps from before a wrap that came behind the first one from after it.
        if (lowest < 0)
            for (int i = 0; i < times.Length; i++) times[i] += range;
        return (times, wraps);
    }
}
