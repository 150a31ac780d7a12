using FsCheck;
using FsCheck.Fluent;
using Recv.Layouts;
using Recv.Layouts.Expressions;
using Interval = Recv.Layouts.Expressions.Interval;

namespace Recv.Tests.Layouts.Expressions;

/// <summary>Ranges are promises: emitted code leaves out checks because of them.</summary>
public sealed class IntervalMathTests
{
    private static readonly Operator[] Arithmetic =
    [
        Operator.Add, Operator.Subtract, Operator.Multiply, Operator.Divide, Operator.Remainder,
        Operator.ShiftLeft, Operator.ShiftRight, Operator.And, Operator.Or, Operator.Xor,
    ];

    [Fact]
    public void NoResultLeavesItsRangeAndNoFailureIsOverlooked() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            foreach (Operator op in Arithmetic)
            {
                Interval left = Some(random);
                Interval right = Some(random);
                Interval? range = IntervalMath.Apply(op, left, right, out bool canFail);
                for (int i = 0; i < 20; i++)
                {
                    if (TryApply(op, In(left, random), In(right, random), out long result))
                        Assert.True(range is { } promised && promised.Contains(result), $"{left} {op} {right} = {result}, not in {range}");
                    else
                        Assert.True(canFail, $"{left} {op} {right} can fail");
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void NoComparisonLeavesItsRange() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            Interval left = Some(random);
            Interval right = Some(random);
            (long a, long b) = (In(left, random), In(right, random));
            Assert.True(IntervalMath.Compare(Operator.Less, left, right).Contains(a < b ? 1 : 0));
            Assert.True(IntervalMath.Compare(Operator.LessOrEqual, left, right).Contains(a <= b ? 1 : 0));
            Assert.True(IntervalMath.Compare(Operator.Greater, left, right).Contains(a > b ? 1 : 0));
            Assert.True(IntervalMath.Compare(Operator.GreaterOrEqual, left, right).Contains(a >= b ? 1 : 0));
            Assert.True(IntervalMath.Compare(Operator.Equal, left, right).Contains(a == b ? 1 : 0));
            Assert.True(IntervalMath.Compare(Operator.NotEqual, left, right).Contains(a != b ? 1 : 0));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("And", 0, 1 << 20, 1, 1, 0, 1)]
    [InlineData("And", -1, 1 << 20, 1, 1, 0, 1)]
    [InlineData("Remainder", 0, 1 << 20, 8, 8, 0, 7)]
    [InlineData("Divide", 0, 4095, 64, 64, 0, 63)]
    [InlineData("ShiftRight", -1, 1 << 20, 32, 32, -1, 0)]
    public void RangesOfUsualIndexesAreTight(
        string name, long leftMin, long leftMax, long rightMin, long rightMax, long min, long max)
    {
        Operator op = Enum.Parse<Operator>(name);
        Assert.Equal(new Interval(min, max), IntervalMath.Apply(op, new(leftMin, leftMax), new(rightMin, rightMax), out bool canFail));
        Assert.False(canFail);
    }

    private static Interval Some(Random random)
    {
        (long a, long b) = (Edge(random), Edge(random));
        return random.Next(4) == 0 ? Interval.Exactly(a) : new Interval(Math.Min(a, b), Math.Max(a, b));
    }

    private static long Edge(Random random) => random.Next(6) switch
    {
        0 => long.MinValue + random.Next(2),
        1 => long.MaxValue - random.Next(2),
        2 => random.NextInt64() - random.NextInt64(),
        3 => (1L << random.Next(63)) * (random.Next(2) * 2 - 1),
        _ => random.Next(-70, 70),
    };

    private static long In(Interval interval, Random random) => random.Next(4) switch
    {
        0 => interval.Min,
        1 => interval.Max,
        _ when interval.Contains(0) && random.Next(3) == 0 => 0,
        _ => interval.Max == long.MaxValue ? interval.Max : random.NextInt64(interval.Min, interval.Max + 1),
    };

    private static bool TryApply(Operator op, long left, long right, out long result)
    {
        result = op switch { Operator.And => left & right, Operator.Or => left | right, _ => left ^ right };
        return op switch
        {
            Operator.Add => CheckedMath.Add(left, right, out result),
            Operator.Subtract => CheckedMath.Subtract(left, right, out result),
            Operator.Multiply => CheckedMath.Multiply(left, right, out result),
            Operator.Divide => CheckedMath.Divide(left, right, out result),
            Operator.Remainder => CheckedMath.Remainder(left, right, out result),
            Operator.ShiftLeft => CheckedMath.ShiftLeft(left, right, out result),
            Operator.ShiftRight => CheckedMath.ShiftRight(left, right, out result),
            _ => true,
        };
    }
}
