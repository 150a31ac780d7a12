using System.Collections.Immutable;

namespace Recv.Ledger;

/// <summary>A histogram that one thread fills without locks and any thread reads whole: how often a value fell into which bucket.</summary>
/// <remarks>
/// <b>Threading:</b> <see cref="Add"/> belongs to one writer at a time; <see cref="Read"/> to everybody. Nothing is allocated by either
/// but the result of reading.
/// </remarks>
[ReceivePath]
public sealed class BucketCounts
{
    private readonly CounterSet _counts;

    /// <summary>All empty.</summary>
    /// <param name="bounds">Upper ends of the buckets, inclusive, rising; what is above the last is counted, too.</param>
    public BucketCounts(params ImmutableArray<long> bounds)
    {
        for (int i = 1; i < bounds.Length; i++)
        {
            if (bounds[i] <= bounds[i - 1]) throw new ArgumentException($"bucket {bounds[i]} does not lie above {bounds[i - 1]}",
                nameof(bounds));
        }
        Bounds = bounds;
        _counts = new CounterSet(2 * (bounds.Length + 1));
    }

    /// <summary>Upper ends of the buckets, inclusive.</summary>
    public ImmutableArray<long> Bounds { get; }

    /// <summary>Counts a value.</summary>
    public void Add(long value)
    {
        int bucket = 0;
        while (bucket < Bounds.Length && value > Bounds[bucket]) bucket++;
        _counts[bucket]++;
        _counts[Bounds.Length + 1 + bucket] += value;
        _counts.Publish();
    }

    /// <summary>Everything so far, of one moment.</summary>
    public BucketReading Read()
    {
        Span<long> values = stackalloc long[_counts.Length];
        _counts.Read(values);
        int buckets = Bounds.Length + 1;
        return new BucketReading(Bounds, [.. values[..buckets]], [.. values[buckets..]]);
    }

    /// <summary>Bounds 1, 2, 4, … up to the first that <paramref name="largest"/> fits.</summary>
    public static BucketCounts PowersOfTwo(int largest)
    {
        var bounds = ImmutableArray.CreateBuilder<long>();
        long bound = 1;
        for (; bound < largest; bound *= 2) bounds.Add(bound);
        bounds.Add(bound);
        return new BucketCounts(bounds.ToImmutable());
    }

    /// <summary>Bounds for durations in microseconds: 100 µs to 30 s, three to a decade.</summary>
    public static BucketCounts Durations() => new(
        100, 250, 500,
        1_000, 2_500, 5_000,
        10_000, 25_000, 50_000,
        100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000,
        10_000_000, 30_000_000);
}

/// <summary>What a <see cref="BucketCounts"/> held at one moment.</summary>
/// <param name="Bounds">Upper ends of the buckets, inclusive.</param>
/// <param name="Counts">Values in each bucket (not in those below); one more than bounds, for what is above the last.</param>
/// <param name="Sums">The values in each bucket added up.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record BucketReading(ImmutableArray<long> Bounds, ImmutableArray<long> Counts, ImmutableArray<long> Sums)
{
    /// <summary>Values in all.</summary>
    public long Total => Counts.Sum();

    /// <summary>All values added up.</summary>
    public long Sum => Sums.Sum();
}
