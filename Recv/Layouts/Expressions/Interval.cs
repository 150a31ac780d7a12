namespace Recv.Layouts.Expressions;

/// <summary>
/// All values that an expression can have lie between <paramref name="Min"/> and <paramref name="Max"/>.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct Interval(long Min, long Max)
{
    /// <summary>0 or 1.</summary>
    public static Interval Bit { get; } = new(0, 1);

    /// <summary>Just <paramref name="value"/>.</summary>
    public static Interval Exactly(long value) => new(value, value);

    /// <summary>Whether only one value is possible.</summary>
    public bool IsExact => Min == Max;

    /// <summary>Whether negative values are excluded.</summary>
    public bool IsNonNegative => Min >= 0;

    /// <summary>Whether <paramref name="value"/> is possible.</summary>
    public bool Contains(long value) => Min <= value && value <= Max;

    /// <summary>Whether all values lie in <paramref name="outer"/>.</summary>
    public bool IsWithin(Interval outer) => outer.Min <= Min && Max <= outer.Max;

    /// <summary>The smallest interval that holds both.</summary>
    public Interval Union(Interval other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    /// <summary>What both hold, or null when they have nothing in common.</summary>
    public Interval? Intersect(Interval other)
    {
        long min = Math.Max(Min, other.Min);
        long max = Math.Min(Max, other.Max);
        return min <= max ? new Interval(min, max) : null;
    }
}
