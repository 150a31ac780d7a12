using System.Numerics;

namespace Recv.Layouts.Expressions;

/// <summary>
/// Which values an operation can have, given those of its operands, and whether it can fail: the proof that lets an
/// emitted layout do without checks.
/// </summary>
/// <remarks><b>Threading:</b> pure. Results are sound (never too narrow), not always the narrowest.</remarks>
internal static class IntervalMath
{
    private static readonly Interval ShiftCounts = new(0, 63);

    /// <summary>
    /// The values of the operation when it does not fail, or null when it always fails.
    /// </summary>
    /// <param name="op">An arithmetic or bitwise operator.</param>
    /// <param name="left">Values of the left side.</param>
    /// <param name="right">Values of the right side.</param>
    /// <param name="canFail">Whether some operands overflow, divide by zero or shift too far.</param>
    public static Interval? Apply(Operator op, Interval left, Interval right, out bool canFail)
    {
        canFail = false;
        return op switch
        {
            Operator.Add => Fit((Int128)left.Min + right.Min, (Int128)left.Max + right.Max, out canFail),
            Operator.Subtract => Fit((Int128)left.Min - right.Max, (Int128)left.Max - right.Min, out canFail),
            Operator.Multiply => Corners(left, right, (a, b) => a * b, out canFail),
            Operator.Divide => Divide(left, right, out canFail),
            Operator.Remainder => Remainder(left, right, out canFail),
            Operator.ShiftLeft => Shift(left, right, (a, b) => a << (int)b, out canFail),
            Operator.ShiftRight => Shift(left, right, (a, b) => a >> (int)b, out canFail),
            Operator.And => And(left, right),
            Operator.Or => Or(left, right),
            Operator.Xor => Xor(left, right),
            _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not arithmetic"),
        };
    }

    /// <summary>Values of a comparison: 0, 1 or both.</summary>
    public static Interval Compare(Operator op, Interval left, Interval right) => op switch
    {
        Operator.Less => Decide(left.Max < right.Min, left.Min >= right.Max),
        Operator.LessOrEqual => Decide(left.Max <= right.Min, left.Min > right.Max),
        Operator.Greater => Compare(Operator.Less, right, left),
        Operator.GreaterOrEqual => Compare(Operator.LessOrEqual, right, left),
        Operator.Equal => Decide(left.IsExact && left == right, left.Intersect(right) is null),
        Operator.NotEqual => Decide(left.Intersect(right) is null, left.IsExact && left == right),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a comparison"),
    };

    private static Interval Decide(bool always, bool never) =>
        always ? Interval.Exactly(1) : never ? Interval.Exactly(0) : Interval.Bit;

    private static Interval? Fit(Int128 min, Int128 max, out bool canFail)
    {
        canFail = min < long.MinValue || max > long.MaxValue;
        if (min > long.MaxValue || max < long.MinValue) return null;
        return new Interval((long)Int128.Max(min, long.MinValue), (long)Int128.Min(max, long.MaxValue));
    }

    // For operations that are monotone in each operand over the whole of both intervals.
    private static Interval? Corners(
        Interval left, Interval right, Func<Int128, Int128, Int128> apply, out bool canFail)
    {
        Int128[] corners =
        [
            apply(left.Min, right.Min), apply(left.Min, right.Max),
            apply(left.Max, right.Min), apply(left.Max, right.Max),
        ];
        return Fit(corners.Min(), corners.Max(), out canFail);
    }

    private static Interval? Divide(Interval left, Interval right, out bool canFail)
    {
        Interval? negative = OnPart(left, right.Intersect(new(long.MinValue, -1)), out bool overflow);
        Interval? positive = OnPart(left, right.Intersect(new(1, long.MaxValue)), out _);
        canFail = overflow || right.Contains(0);
        return negative is { } n && positive is { } p ? n.Union(p) : negative ?? positive;

        static Interval? OnPart(Interval left, Interval? right, out bool canFail)
        {
            canFail = false;
            return right is { } part ? Corners(left, part, (a, b) => a / b, out canFail) : null;
        }
    }

    private static Interval? Remainder(Interval left, Interval right, out bool canFail)
    {
        canFail = right.Contains(0) || (right.Contains(-1) && left.Contains(long.MinValue));
        if (right == Interval.Exactly(0)) return null;
        Int128 largest = Int128.Max(Int128.Abs(right.Min), Int128.Abs(right.Max)) - 1;
        Int128 min = left.IsNonNegative ? 0 : -Int128.Min(largest, Int128.Abs(left.Min));
        Int128 max = left.Max <= 0 ? 0 : Int128.Min(largest, left.Max);
        return Fit(min, max, out _);
    }

    private static Interval? Shift(Interval left, Interval right, Func<Int128, Int128, Int128> apply, out bool canFail)
    {
        canFail = true;
        if (right.Intersect(ShiftCounts) is not { } count) return null;
        Interval? result = Corners(left, count, apply, out bool overflow);
        canFail = overflow || count != right;
        return result;
    }

    private static Interval And(Interval left, Interval right) => (left.IsNonNegative, right.IsNonNegative) switch
    {
        (true, true) => new(0, Math.Min(left.Max, right.Max)),
        (true, false) => new(0, left.Max),
        (false, true) => new(0, right.Max),
        _ => new(Widest(left, right).Min, Math.Max(left.Max, right.Max)),
    };

    private static Interval Or(Interval left, Interval right)
    {
        bool nonNegative = left.IsNonNegative && right.IsNonNegative;
        long min = nonNegative ? Math.Max(left.Min, right.Min) : Math.Min(left.Min, right.Min);
        // One operand that is always negative keeps the result negative.
        long max = left.Max < 0 || right.Max < 0 ? -1 : Widest(left, right).Max;
        return new(min, max);
    }

    private static Interval Xor(Interval left, Interval right)
    {
        Interval widest = Widest(left, right);
        return left.IsNonNegative && right.IsNonNegative ? new(0, widest.Max) : widest;
    }

    // -2^k .. 2^k - 1 with the smallest k that holds both: bitwise operations do not leave it.
    private static Interval Widest(Interval left, Interval right)
    {
        ulong bits = Magnitude(left.Min) | Magnitude(left.Max) | Magnitude(right.Min) | Magnitude(right.Max);
        long max = bits == 0 ? 0 : (long)(ulong.MaxValue >> BitOperations.LeadingZeroCount(bits));
        return new(~max, max);

        static ulong Magnitude(long value) => (ulong)(value < 0 ? ~value : value);
    }
}
