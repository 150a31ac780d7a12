using System.Numerics;

namespace Recv.Inspect;

/// <summary>Where the heaps of a feed go, inferred from the feed.</summary>
/// <param name="Kind">The heaps that carry the data.</param>
/// <param name="Time">Their time.</param>
/// <param name="Indexes">What tells heaps of one time apart; none for a single source.</param>
/// <param name="Batches">Different times seen.</param>
/// <param name="Shared">Heaps looked at that have the place of another, and so overwrite it.</param>
/// <param name="SentTwice">Those of them that are the same as another in all their items.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record LayoutGuess(HeapKind Kind, TimeGrid Time, IReadOnlyList<IndexGuess> Indexes, int Batches, int Shared, int SentTwice)
{
    // Large enough to be worth delivering, small enough for any host; a few of them in what was seen.
    private const long ChunkBytes = 32L << 20;
    private const int ChunksSeen = 4;

    // An axis with more holes than heaps: what a receiver has for the heaps of one time, whose pool is some chunks of them.
    private const long SparseBytes = 256L << 20;

    /// <summary>Heaps of one time.</summary>
    public long BatchHeaps => Indexes.Aggregate(1L, (heaps, index) => heaps * index.Size);

    /// <summary>The heaps looked at that have a place: on the grid of the time, with numbers that are on the axes.</summary>
    public IEnumerable<long[]> Placed => Kind.Samples.Where(sample =>
        Time.Contains(TimeGrid.At(sample)) && Indexes.All(index => index.Values.Contains(sample[index.Column])));

    /// <summary>
    /// Places of the heaps of one time that some heap had. Others are of numbers between those seen: antennas that are off, or
    /// that there are not; nobody can tell from the traffic.
    /// </summary>
    public long FilledPlaces { get; private init; } = 1;

    /// <summary>What tells the place of a heap from those of others of its time.</summary>
    public string PlaceOf(long[] sample) => string.Join(',', Indexes.Select(index => sample[index.Column]));

    /// <summary>Steps of time in a chunk: the largest power of two that keeps chunks handy and lets a few of them be seen.</summary>
    public long ChunkBatches => 1L << BitOperations.Log2((ulong)Math.Max(1,
        Math.Min(ChunkBytes / Math.Max(1, Kind.Length * BatchHeaps), Batches / ChunksSeen)));

    /// <summary>The guess for a feed; null when no heap of data was complete.</summary>
    public static LayoutGuess? Of(TrafficInspector seen)
    {
        HeapKind? kind = seen.Kinds.Values.Where(kind => !kind.IsStop && kind.Length > 0).MaxBy(kind => kind.Count * kind.Length);
        if (kind is null) return null;
        TimeGrid time = TimeGrid.Of(kind);
        // Heaps whose time is off the grid are mistakes of the sender; the layout will refuse them.
        long[][] heaps = [.. kind.Samples.Where(sample => time.Contains(TimeGrid.At(sample)))];
        long Batch(long[] sample) => time.StepOf(TimeGrid.At(sample));
        var indexes = new List<IndexGuess>();
        int places = heaps.Select(Batch).Distinct().Count();
        int batches = places;
        for (bool found = true; found && places < heaps.Length;)
        {
            found = false;
            (IndexGuess Guess, int Places)[] better = [.. Candidates(kind, time, heaps, indexes)
                .Select(guess => (guess, Count(heaps, Batch, [.. indexes, guess]))).Where(next => next.Item2 > places)];
            if (better.Length == 0) better = [.. Sparse(kind, time, heaps, indexes)
                .Select(guess => (guess, Count(heaps, Batch, [.. indexes, guess])))
                // Each of its values comes at each time, unless heaps were lost; what changes as it likes numbers nothing.
                .Where(next => next.Item2 > places && next.Item2 * 2 >= places * Frequent(heaps, next.guess.Column).LongLength)];
            if (better.Length == 0) continue;
            (IndexGuess best, places) = better.OrderByDescending(next => next.Places).ThenBy(next => next.Guess.Size).First();
            indexes.Add(best);
            found = true;
        }
        int sentTwice = heaps.Length - heaps.Select(heap => string.Join(',', heap)).Distinct().Count();
        var guess = new LayoutGuess(kind, time, indexes, batches, heaps.Length - places, sentTwice);
        return guess with { FilledPlaces = Math.Max(1, guess.Placed.Select(guess.PlaceOf).Distinct().LongCount()) };
    }

    private static IEnumerable<IndexGuess> Sparse(HeapKind kind, TimeGrid time, long[][] heaps, List<IndexGuess> taken) =>
        Candidates(kind, time, heaps, taken,
            SparseBytes / Math.Max(1, kind.Length * taken.Aggregate(1L, (size, index) => size * index.Size)));

    private static IEnumerable<IndexGuess> Candidates(
        HeapKind kind, TimeGrid time, long[][] heaps, List<IndexGuess> taken, long mostSparse = 0)
    {
        // The heap cnt tells all heaps apart, and none of them where it belongs.
        for (int column = 1; column < kind.Immediate.Length; column++)
        {
            if (column == time.Column || taken.Exists(index => index.Column == column)) continue;
            long[] values = Frequent(heaps, column);
            if (values.Length < 2 || values.Length > ValueSeries.MostDistinct || values.Length * 2 > heaps.Length) continue;
            if (IndexGuess.Of(column, kind.Immediate[column], values, mostSparse) is { } guess) yield return guess;
        }
    }

    /// <summary>Values that come again: one that came once among many is a mistake of the sender.</summary>
    private static long[] Frequent(long[][] heaps, int column)
    {
        var counts = heaps.GroupBy(heap => heap[column]).Select(group => (Value: group.Key, Count: group.Count())).ToList();
        double usual = heaps.Length / (double)counts.Count;
        return [.. counts.Where(each => each.Count * 4 > usual).Select(each => each.Value).Order()];
    }

    private static int Count(long[][] heaps, Func<long[], long> batch, IReadOnlyList<IndexGuess> indexes) =>
        heaps.Select(heap => (batch(heap), string.Join(',', indexes.Select(index => heap[index.Column])))).Distinct().Count();
}
