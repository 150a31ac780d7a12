using System.Numerics;
using System.Text;

namespace Recv.Tests.Layouts.Expressions;

/// <summary>
/// A random expression: its text, and its value by a second, slow and simple implementation over unbounded integers.
/// </summary>
internal abstract class RandomExpression
{
    private static readonly string[] Binary =
        ["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "&&", "||", "==", "!=", "<", "<=", ">", ">="];

    // The order in which C binds, loosest first.
    private static readonly string[][] Levels =
        [["?"], ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"], ["u"],
            ["p"]];

    /// <summary>The value, or null when it overflows 64 bits, divides by zero or shifts too far.</summary>
    public abstract BigInteger? Value(IReadOnlyDictionary<string, long> names);

    /// <summary>How tightly it binds.</summary>
    protected abstract int Level { get; }

    protected abstract void Write(StringBuilder text);

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    /// <summary>An expression over <paramref name="names"/>.</summary>
    public static RandomExpression Make(Random random, string[] names, int depth)
    {
        if (depth == 0 || random.Next(6) == 0)
            return random.Next(2) == 0 && names.Length > 0 ? new Name(names[random.Next(names.Length)]) : new Literal(Number(random));
        RandomExpression Part() => Make(random, names, depth - 1);
        return random.Next(8) switch
        {
            0 => new Prefix("-~!"[random.Next(3)], Part()),
            1 => new Choice(Part(), Part(), Part()),
            _ => new Infix(Binary[random.Next(Binary.Length)], Part(), Part()),
        };
    }

    private static long Number(Random random) => random.Next(6) switch
    {
        0 => random.NextInt64(),
        1 => long.MaxValue - random.Next(2),
        2 => 1L << random.Next(63),
        _ => random.Next(10),
    };

    private static int LevelOf(string op) => Array.FindIndex(Levels, level => level.Contains(op));

    private static void WriteAtLeast(StringBuilder text, RandomExpression part, int level)
    {
        bool parentheses = part.Level < level;
        if (parentheses) text.Append('(');
        part.Write(text);
        if (parentheses) text.Append(')');
    }

    private static BigInteger? Fit(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? value : null;

    private sealed class Literal(long value) : RandomExpression
    {
        protected override int Level => LevelOf("p");

        public override BigInteger? Value(IReadOnlyDictionary<string, long> names) => value;

        protected override void Write(StringBuilder text) => text.Append(value % 3 == 0 ? $"0x{value:x}" : $"{value}");
    }

    private sealed class Name(string name) : RandomExpression
    {
        protected override int Level => LevelOf("p");

        public override BigInteger? Value(IReadOnlyDictionary<string, long> names) => names[name];

        protected override void Write(StringBuilder text) => text.Append(name);
    }

    private sealed class Prefix(char op, RandomExpression part) : RandomExpression
    {
        protected override int Level => LevelOf("u");

        public override BigInteger? Value(IReadOnlyDictionary<string, long> names) => part.Value(names) is not { } value
            ? null
            : op switch { '-' => Fit(-value), '~' => -value - 1, _ => value.IsZero ? 1 : 0 };

        protected override void Write(StringBuilder text)
        {
            text.Append(op);
            WriteAtLeast(text, part, Level);
        }
    }

    private sealed class Choice(
        RandomExpression condition, RandomExpression yes, RandomExpression no) : RandomExpression
    {
        protected override int Level => LevelOf("?");

        public override BigInteger? Value(IReadOnlyDictionary<string, long> names) =>
            condition.Value(names) is not { } value ? null : value.IsZero ? no.Value(names) : yes.Value(names);

        protected override void Write(StringBuilder text)
        {
            WriteAtLeast(text, condition, Level + 1);
            text.Append(" ? ");
            yes.Write(text);
            text.Append(" : ");
            no.Write(text);
        }
    }

    private sealed class Infix(string op, RandomExpression left, RandomExpression right) : RandomExpression
    {
        protected override int Level => LevelOf(op);

        public override BigInteger? Value(IReadOnlyDictionary<string, long> names)
        {
            if (left.Value(names) is not { } a) return null;
            if ((op == "&&" && a.IsZero) || (op == "||" && !a.IsZero)) return op == "||" ? 1 : 0;
            return right.Value(names) is { } b ? Apply(a, b) : null;
        }

        private BigInteger? Apply(BigInteger a, BigInteger b) => op switch
        {
            "+" => Fit(a + b),
            "-" => Fit(a - b),
            "*" => Fit(a * b),
            "/" => b.IsZero ? null : Fit(BigInteger.Divide(a, b)),
            // The quotient that does not fit makes the remainder fail as well.
            "%" => b.IsZero || Fit(BigInteger.Divide(a, b)) is null ? null : BigInteger.Remainder(a, b),
            "<<" => b < 0 || b > 63 ? null : Fit(a << (int)b),
            ">>" => b < 0 || b > 63 ? null : a >> (int)b,
            "&" => a & b,
            "|" => a | b,
            "^" => a ^ b,
            "&&" or "||" => b.IsZero ? 0 : 1,
            "==" => a == b ? 1 : 0,
            "!=" => a != b ? 1 : 0,
            "<" => a < b ? 1 : 0,
            "<=" => a <= b ? 1 : 0,
            ">" => a > b ? 1 : 0,
            _ => a >= b ? 1 : 0,
        };

        // Operators of one level group to the left.
        protected override void Write(StringBuilder text)
        {
            WriteAtLeast(text, left, Level);
            text.Append(' ').Append(op).Append(' ');
            WriteAtLeast(text, right, Level + 1);
        }
    }
}
