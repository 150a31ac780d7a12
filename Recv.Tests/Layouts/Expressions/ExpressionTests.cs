using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Recv.Layouts;
using Recv.Layouts.Expressions;
using Recv.Ledger;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts.Expressions;

/// <summary>Expressions against a simple evaluator over unbounded integers: at load and in emitted code.</summary>
public sealed class ExpressionTests
{
    private static readonly Dictionary<string, long> None = [];

    [Fact]
    public void ConstantExpressionsHaveTheValueOfUnboundedArithmetic() => ForSeeds(1000, random =>
    {
        RandomExpression expression = RandomExpression.Make(random, [], random.Next(1, 5));
        Assert.Equal(expression.Value(None), Folded(expression.ToString()));
    });

    [Fact]
    public void EmittedExpressionsHaveTheValueOfUnboundedArithmeticOrAreRejected() => ForSeeds(150, random =>
    {
        RandomExpression expression = RandomExpression.Make(random, ["a", "b", "timestamp"], random.Next(1, 5));
        IHeapLayout layout;
        try
        {
            layout = TestLayout.Compile(TestLayout.Minimal.Replace("step: 16", "step: 1")
                + $"extra: {{name: e, dtype: int64, value: \"{expression}\"}}\n").Instance;
        }
        catch (RecvException error)
        {
            // A part that always fails is refused at load, even where it is not always reached.
            Assert.Matches("overflow: |division by zero in |shift count outside ", error.Message);
            return;
        }
        for (int i = 0; i < 50; i++) AssertSame(layout, expression, Items(random));
    });

    [Theory]
    [InlineData("2 + 3 * 4", 14)]
    [InlineData("10 - 4 - 3", 3)]
    [InlineData("-7 / 2", -3)]
    [InlineData("-7 % 2", -1)]
    [InlineData("1 << 3 + 1", 16)]
    [InlineData("6 & 3 == 3", 0)]
    [InlineData("1 | 2 ^ 3 & 2", 1)]
    [InlineData("0 ? 1 : 0 ? 2 : 3", 3)]
    [InlineData("!0 + ~0", 0)]
    [InlineData("0 && 1 / 0 || true", 1)]
    [InlineData("1 ? 5 : 1 / 0", 5)]
    [InlineData("0xFF - false", 255)]
    public void ExpressionsReadAsInC(string text, long value) => Assert.Equal(value, Folded(text));

    [Theory]
    [InlineData("", 0, "an expression is missing; write a number or a name")]
    [InlineData("1 +", 3, "expected a number, a name or '(', found the end")]
    [InlineData("(1", 2, "expected ')', found the end")]
    [InlineData("1 2", 2, "expected an operator, found '2'")]
    [InlineData("1 ? 2", 5, "expected ':' and the value otherwise, found the end")]
    [InlineData("1 = 2", 2, "'=' is not an operator; use == to compare")]
    [InlineData("1.5", 1, "'.' is not allowed; only whole numbers")]
    [InlineData("10k", 0, "'10k' is not a number; write decimal digits or 0x and hexadecimal digits")]
    [InlineData("4 + 010", 4, "'010' begins with 0, which is octal in C; drop the 0 or write 0x")]
    [InlineData("9223372036854775808", 0, "does not fit in 64 bits")]
    [InlineData("0x", 0, "'0x' is not a number")]
    [InlineData("1 + $", 4, "character '$' is not allowed in an expression")]
    [InlineData("2 * 9223372036854775807", 2, "overflow: 2 * 9223372036854775807 does not fit in 64 bits")]
    [InlineData("5 / (3 - 3)", 2, "division by zero in 5 / 0; make the divisor at least 1")]
    [InlineData("1 << 64", 2, "shift count outside 0..63 in 1 << 64")]
    [InlineData("7 - nothing", 4, "unknown")]
    public void MistakesHaveAColumnAndAReason(string text, int column, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => Bind(text));
        Assert.Equal(column, error.Column);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndlessExpressionIsRefusedBeforeItUsesUpTheStack()
    {
        var error = Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string('(', 1_000_000)));
        Assert.Contains("at most 1000", error.Message, StringComparison.Ordinal);
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string('(', ExpressionParser.MaxLength)));
    }

    private static BigInteger? Folded(string text)
    {
        try
        {
            return Bind(text).Known!.Value;
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    private static Bound Bind(string text) =>
        new Binder(name => throw new ExpressionException(name.Column, "unknown")).Bind(ExpressionParser.Parse(text), []);

    private static long[] Items(Random random) =>
        [random.Next(2) == 0 ? random.Next(20) : random.NextInt64(1L << 48), Item(random), Item(random)];

    private static long Item(Random random) => random.Next(4) switch
    {
        0 => -1,
        1 => random.NextInt64(1L << 56),
        _ => random.Next(12),
    };

    // Item b has a default.
    private static Dictionary<string, long> Names(long[] items) =>
        new() { ["timestamp"] = items[0], ["a"] = items[1], ["b"] = items[2] == -1 ? 7 : items[2] };

    private static void AssertSame(IHeapLayout layout, RandomExpression expression, long[] items)
    {
        Recv.Ledger.Outcome verdict = layout.Place(layout.Shape.HeapBytes, items, out Placement placement);
        BigInteger? expected = expression.Value(Names(items));
        if (expected is { } value)
        {
            Assert.Equal(Recv.Ledger.Outcome.None, verdict);
            Assert.Equal((long)value, placement.Extra);
        }
        else
        {
            Assert.NotEqual(Recv.Ledger.Outcome.None, verdict);
            Assert.Equal("arithmetic_heaps", layout.Shape.Statistics[Rejection.StatisticOf(verdict)]);
        }
    }

    private static void ForSeeds(int runs, Action<Random> check) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => check(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(runs));
}
