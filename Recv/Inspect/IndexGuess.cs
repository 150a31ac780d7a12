namespace Recv.Inspect;

/// <summary>An item that tells heaps of one time apart, and the expression that numbers its values from 0.</summary>
/// <param name="Column">Of <see cref="HeapKind.Immediate"/>.</param>
/// <param name="Id">Item ID.</param>
/// <param name="Expression">With <c>{0}</c> for the name of the item.</param>
/// <param name="Check">What must hold for it, likewise; null when the expression cannot leave its range.</param>
/// <param name="Size">Steps of the axis.</param>
/// <param name="Why">In words, for the comment.</param>
/// <param name="Values">Those seen, without those of mistakes.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record IndexGuess(int Column, long Id, string Expression, string? Check, long Size, string Why, IReadOnlySet<long> Values)
{
    // A list of values longer than this is no axis that a person would write.
    private const int MostListed = 16;

    // Where most of a range was not seen, it is no range.
    private const int LeastSeen = 4;

    /// <summary>The numbering of some values; null when there is none that makes sense.</summary>
    /// <param name="column">Of <see cref="HeapKind.Immediate"/>.</param>
    /// <param name="id">Item ID.</param>
    /// <param name="values">The different values, sorted.</param>
    /// <param name="mostSparse">Steps that an axis may have most of which were not seen, as the last resort; 0 for none.</param>
    public static IndexGuess? Of(int column, long id, long[] values, long mostSparse = 0)
    {
        long low = values[0];
        long step = values.Skip(1).Aggregate(0L, (gcd, value) => Gcd(gcd, value - low));
        long size = (values[^1] - low) / step + 1;
        long count = values.Length;
        bool isSparse = count > MostListed && size > LeastSeen * count && size <= mostSparse;
        bool isRange = size <= LeastSeen * count || isSparse;
        var seen = values.ToHashSet();
        string Seen(long of) => count == of ? $"all {of} seen"
            : $"{count} of {of} seen; the places of the others stay empty and count as missing"
                + (isSparse ? ": number them closer if you know how" : "");
        if ((count & (count - 1)) == 0 && low != 0 && values.Select(value => value & (count - 1)).Distinct().Count() == count)
            return new(column, id, $"{{0}} & {count - 1}", null, count,
                "the low bits tell them apart; the others are the same for all, a serial number perhaps", seen);
        if (isRange && low % step == 0 && values[^1] / step < Math.Max(LeastSeen * count, isSparse ? mostSparse : 0))
        {
            // From 0, so that the number of the axis is the number that the instrument gives.
            long whole = values[^1] / step + 1;
            string index = step == 1 ? "{0}" : $"{{0}} / {step}";
            string check = step == 1 ? $"{{0}} < {whole}" : $"{{0}} % {step} == 0 && {{0}} < {whole * step}";
            return new(column, id, index, check, whole, Seen(whole), seen);
        }
        if (isRange)
        {
            string index = step == 1 ? $"{{0}} - {low}" : $"({{0}} - {low}) / {step}";
            string grid = step == 1 ? "" : $" && ({{0}} - {low}) % {step} == 0";
            return new(column, id, index, $"{{0}} >= {low} && {{0}} < {low + size * step}{grid}", size, Seen(size), seen);
        }
        if (count > MostListed) return null;
        // The place among the values, by counting those that are not greater.
        string rank = string.Join(" + ", values.Skip(1).Select(value => $"({{0}} >= {value})"));
        string known = string.Join(" || ", values.Select(value => $"{{0}} == {value}"));
        return new(column, id, rank, known, count, "values without an order, numbered as they come", seen);
    }

    private static long Gcd(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
