using System.Collections.Immutable;

namespace Recv.Layouts.Expressions;

/// <summary>Gives names a meaning, folds what is known and finds what can fail.</summary>
/// <param name="resolve">The number or item of a name; throws <see cref="ExpressionException"/> for an unknown one.
/// The range of an item is replaced by what is known where it stands.</param>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class Binder(Func<NameExpression, Bound> resolve)
{
    /// <summary>Binds an expression.</summary>
    /// <param name="expression">What was parsed.</param>
    /// <param name="items">Values that the items can have where the expression stands.</param>
    /// <exception cref="ExpressionException">An unknown name, or an operation that always fails.</exception>
    public Bound Bind(Expression expression, ImmutableArray<Interval> items)
    {
        Bound bound = expression switch
        {
            NumberExpression number => new BoundNumber(number.Value),
            NameExpression name => Name(resolve(name), items),
            UnaryExpression unary => Unary(unary.Operator, Bind(unary.Operand, items)),
            BinaryExpression { Operator: Operator.AndAlso or Operator.OrElse } logical => Logical(logical, items),
            BinaryExpression binary => Binary(binary, Bind(binary.Left, items), Bind(binary.Right, items)),
            ConditionalExpression conditional => Conditional(conditional, items),
            _ => throw new InvalidOperationException($"unknown node {expression.GetType()}"),
        };
        return bound.Range.IsExact && !bound.CanFail ? new BoundNumber(bound.Range.Min) : bound;
    }

    private static Bound Name(Bound meaning, ImmutableArray<Interval> items) =>
        meaning is BoundItem item ? item with { Range = items[item.Index] } : meaning;

    private static BoundUnary Unary(Operator op, Bound operand)
    {
        Interval range = operand.Range;
        return op == Operator.Complement
            ? new BoundUnary(op, operand, new(~range.Max, ~range.Min))
            : new BoundUnary(op, operand, IntervalMath.Compare(Operator.Equal, range, Interval.Exactly(0)));
    }

    private static BoundBinary Binary(BinaryExpression expression, Bound left, Bound right)
    {
        Operator op = expression.Operator;
        if (op.IsComparison())
            return new BoundBinary(op, left, right, IntervalMath.Compare(op, left.Range, right.Range), false);
        Interval? range = IntervalMath.Apply(op, left.Range, right.Range, out bool canFail);
        // Known operands are computed, not estimated: the range of ^ or % of two numbers can be wider than the result.
        if (left.Known is { } a && right.Known is { } b) range = canFail ? null : Interval.Exactly(Compute(op, a, b));
        return new BoundBinary(op, left, right, range ?? throw AlwaysFails(expression, left, right), canFail);
    }

    private Bound Logical(BinaryExpression expression, ImmutableArray<Interval> items)
    {
        bool decisive = expression.Operator == Operator.OrElse;
        Bound left = Bind(expression.Left, items);
        if (left.Known is { } known && (known != 0) == decisive) return new BoundNumber(known != 0 ? 1 : 0);
        Bound right = Bind(expression.Right, Refinement.Narrow(items, left, !decisive));
        Interval zero = Interval.Exactly(0);
        Interval leftTruth = IntervalMath.Compare(Operator.NotEqual, left.Range, zero);
        Interval rightTruth = IntervalMath.Compare(Operator.NotEqual, right.Range, zero);
        Interval range = decisive
            ? new(Math.Max(leftTruth.Min, rightTruth.Min), Math.Max(leftTruth.Max, rightTruth.Max))
            : new(Math.Min(leftTruth.Min, rightTruth.Min), Math.Min(leftTruth.Max, rightTruth.Max));
        return new BoundBinary(expression.Operator, left, right, range, false);
    }

    private Bound Conditional(ConditionalExpression expression, ImmutableArray<Interval> items)
    {
        Bound condition = Bind(expression.Condition, items);
        // Only the branch that is taken must make sense: n == 0 ? 0 : x / n.
        if (condition.Known is { } known) return Bind(known != 0 ? expression.WhenTrue : expression.WhenFalse, items);
        Bound whenTrue = Bind(expression.WhenTrue, Refinement.Narrow(items, condition, true));
        Bound whenFalse = Bind(expression.WhenFalse, Refinement.Narrow(items, condition, false));
        return new BoundConditional(condition, whenTrue, whenFalse);
    }

    private static ExpressionException AlwaysFails(BinaryExpression expression, Bound left, Bound right)
    {
        string shown = $"{Shown(left)} {expression.Operator.Text()} {Shown(right)}";
        return new ExpressionException(expression.Column, expression.Operator switch
        {
            Operator.Divide or Operator.Remainder => $"division by zero in {shown}; make the divisor at least 1",
            _ when right.Range is { Min: > 63 } or { Max: < 0 }
                && expression.Operator is Operator.ShiftLeft or Operator.ShiftRight =>
                    $"shift count outside 0..63 in {shown}",
            _ => $"overflow: {shown} does not fit in 64 bits; use smaller numbers",
        });
    }

    private static string Shown(Bound bound) => bound.Known is { } known ? $"{known}" : "…";

    private static long Compute(Operator op, long left, long right)
    {
        // The ranges have shown that it does not fail.
        return op switch
        {
            Operator.Add => left + right,
            Operator.Subtract => left - right,
            Operator.Multiply => left * right,
            Operator.Divide => left / right,
            Operator.Remainder => left % right,
            Operator.ShiftLeft => left << (int)right,
            Operator.ShiftRight => left >> (int)right,
            Operator.And => left & right,
            Operator.Or => left | right,
            Operator.Xor => left ^ right,
            _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not arithmetic"),
        };
    }
}
