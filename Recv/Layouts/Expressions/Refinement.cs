using System.Collections.Immutable;

namespace Recv.Layouts.Expressions;

/// <summary>What is known about the items once a condition has come out true or false.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Refinement
{
    /// <summary>
    /// <paramref name="items"/> narrowed by <paramref name="condition"/> being <paramref name="truth"/>.
    /// </summary>
    public static ImmutableArray<Interval> Narrow(ImmutableArray<Interval> items, Bound condition, bool truth) =>
        condition switch
        {
            BoundBinary { Operator: Operator.AndAlso } both when truth =>
                Narrow(Narrow(items, both.Left, true), both.Right, true),
            BoundBinary { Operator: Operator.OrElse } either when !truth =>
                Narrow(Narrow(items, either.Left, false), either.Right, false),
            BoundUnary { Operator: Operator.Not } not => Narrow(items, not.Operand, !truth),
            BoundBinary comparison when comparison.Operator.IsComparison() => ByComparison(items, comparison, truth),
            BoundItem item =>
                ByComparison(items, truth ? Operator.NotEqual : Operator.Equal, item, Interval.Exactly(0)),
            _ => items,
        };

    private static ImmutableArray<Interval> ByComparison(
        ImmutableArray<Interval> items, BoundBinary comparison, bool truth)
    {
        Operator op = truth ? comparison.Operator : comparison.Operator.Negated();
        if (comparison.Left is BoundItem left) items = ByComparison(items, op, left, comparison.Right.Range);
        if (comparison.Right is BoundItem right)
            items = ByComparison(items, op.Mirrored(), right, comparison.Left.Range);
        return items;
    }

    private static ImmutableArray<Interval> ByComparison(
        ImmutableArray<Interval> items, Operator op, BoundItem item, Interval other)
    {
        Interval now = items[item.Index];
        Interval? narrowed = op switch
        {
            Operator.Less => other.Max == long.MinValue ? null : now.Intersect(new(long.MinValue, other.Max - 1)),
            Operator.LessOrEqual => now.Intersect(new(long.MinValue, other.Max)),
            Operator.Greater => other.Min == long.MaxValue ? null : now.Intersect(new(other.Min + 1, long.MaxValue)),
            Operator.GreaterOrEqual => now.Intersect(new(other.Min, long.MaxValue)),
            Operator.Equal => now.Intersect(other),
            Operator.NotEqual => other.IsExact ? Without(now, other.Min) : now,
            _ => now,
        };
        // Nothing left: the code behind the condition is never reached, and any range is true of it.
        return items.SetItem(item.Index, narrowed ?? now);
    }

    private static Interval? Without(Interval now, long value) =>
        now == Interval.Exactly(value) ? null
        : now.Min == value ? new(value + 1, now.Max)
        : now.Max == value ? new(now.Min, value - 1)
        : now;
}
