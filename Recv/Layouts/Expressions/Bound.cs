namespace Recv.Layouts.Expressions;

/// <summary>
/// A node of an expression whose names are numbers or items, whose possible values are known and whose constant parts
/// are folded.
/// </summary>
/// <param name="Range">Values that it can have.</param>
/// <param name="CanFail">Whether evaluating it, parts included, can overflow or divide by zero.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal abstract record Bound(Interval Range, bool CanFail)
{
    /// <summary>The value when it is known at load, else null.</summary>
    public long? Known => this is BoundNumber number ? number.Value : null;
}

/// <summary>A number that is known at load.</summary>
internal sealed record BoundNumber(long Value) : Bound(Interval.Exactly(Value), false);

/// <summary>The value of an item, by its index in the layout.</summary>
internal sealed record BoundItem(int Index, Interval Range) : Bound(Range, false);

/// <summary>An operation on one value.</summary>
internal sealed record BoundUnary(Operator Operator, Bound Operand, Interval Range) : Bound(Range, Operand.CanFail);

/// <summary>An operation on two values; <paramref name="Checked"/> when this very operation can fail.</summary>
internal sealed record BoundBinary(Operator Operator, Bound Left, Bound Right, Interval Range, bool Checked)
    : Bound(Range, Checked || Left.CanFail || Right.CanFail);

/// <summary>A choice.</summary>
internal sealed record BoundConditional(Bound Condition, Bound WhenTrue, Bound WhenFalse)
    : Bound(WhenTrue.Range.Union(WhenFalse.Range), Condition.CanFail || WhenTrue.CanFail || WhenFalse.CanFail);
