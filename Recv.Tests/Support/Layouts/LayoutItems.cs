using Recv.Layouts;

namespace Recv.Tests.Support.Layouts;

/// <summary>
/// Item values such as the network may bring: absent, small, on the grid, large, and (for safety) impossible.
/// </summary>
internal static class LayoutItems
{
    private const long Largest = (1L << 56) - 1;

    /// <summary>Values that a decoder can produce for the items of <paramref name="shape"/>.</summary>
    public static long[] Possible(LayoutShape shape, Random random)
    {
        var values = new long[shape.Items.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = i == shape.TimestampItem ? Timestamp(shape, random) : Value(shape, random);
        return values;
    }

    /// <summary>Values that no decoder produces, among possible ones.</summary>
    public static long[] Hostile(LayoutShape shape, Random random)
    {
        long[] values = Possible(shape, random);
        for (int i = 0; i < values.Length; i++)
        {
            if (random.Next(3) != 0) continue;
            values[i] = random.Next(4) switch
            {
                0 => long.MinValue + random.Next(3),
                1 => long.MaxValue - random.Next(3),
                2 => -random.NextInt64(),
                _ => random.NextInt64(),
            };
        }
        return values;
    }

    /// <summary>The right heap length, mostly.</summary>
    public static long HeapLength(LayoutShape shape, Random random) => random.Next(10) switch
    {
        0 => random.NextInt64(1, 1L << 48),
        1 => shape.HeapBytes + random.Next(-1, 2),
        _ => shape.HeapBytes,
    };

    private static long Timestamp(LayoutShape shape, Random random) => random.Next(8) switch
    {
        0 => -1,
        1 => random.NextInt64(1L << 62),
        2 => (1L << 62) - 1 - random.Next(2),
        3 => random.NextInt64(1L << 48),
        _ => random.NextInt64((1L << 48) / shape.HeapTimestampStep) * shape.HeapTimestampStep,
    };

    private static long Value(LayoutShape shape, Random random) => random.Next(8) switch
    {
        0 => -1,
        1 => random.NextInt64(Largest + 1),
        2 => Largest - random.Next(2),
        3 => random.Next(shape.BatchHeaps + 2),
        4 => random.Next(300) * 16,
        _ => random.Next(5),
    };
}
