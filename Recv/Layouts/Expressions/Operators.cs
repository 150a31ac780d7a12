using System.Collections.Frozen;

namespace Recv.Layouts.Expressions;

/// <summary>How operators are written and how tightly the binary ones bind.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal static class Operators
{
    /// <summary>Binary operators by their text; a higher precedence binds tighter, as in C.</summary>
    public static FrozenDictionary<string, (Operator Operator, int Precedence)> Binary { get; } =
        new Dictionary<string, (Operator, int)>
        {
            ["||"] = (Operator.OrElse, 1),
            ["&&"] = (Operator.AndAlso, 2),
            ["|"] = (Operator.Or, 3),
            ["^"] = (Operator.Xor, 4),
            ["&"] = (Operator.And, 5),
            ["=="] = (Operator.Equal, 6),
            ["!="] = (Operator.NotEqual, 6),
            ["<"] = (Operator.Less, 7),
            ["<="] = (Operator.LessOrEqual, 7),
            [">"] = (Operator.Greater, 7),
            [">="] = (Operator.GreaterOrEqual, 7),
            ["<<"] = (Operator.ShiftLeft, 8),
            [">>"] = (Operator.ShiftRight, 8),
            ["+"] = (Operator.Add, 9),
            ["-"] = (Operator.Subtract, 9),
            ["*"] = (Operator.Multiply, 10),
            ["/"] = (Operator.Divide, 10),
            ["%"] = (Operator.Remainder, 10),
        }.ToFrozenDictionary();

    /// <summary>Whether the result is 0 or 1 and the operands are compared.</summary>
    public static bool IsComparison(this Operator op) => op is >= Operator.Equal and <= Operator.GreaterOrEqual;

    /// <summary>The operator as it is written.</summary>
    public static string Text(this Operator op) => op switch
    {
        Operator.Complement => "~",
        Operator.Not => "!",
        _ => Binary.First(entry => entry.Value.Operator == op).Key,
    };

    /// <summary>The comparison that is true exactly when <paramref name="op"/> is false.</summary>
    public static Operator Negated(this Operator op) => op switch
    {
        Operator.Equal => Operator.NotEqual,
        Operator.NotEqual => Operator.Equal,
        Operator.Less => Operator.GreaterOrEqual,
        Operator.LessOrEqual => Operator.Greater,
        Operator.Greater => Operator.LessOrEqual,
        Operator.GreaterOrEqual => Operator.Less,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a comparison"),
    };

    /// <summary>The comparison with its sides exchanged.</summary>
    public static Operator Mirrored(this Operator op) => op switch
    {
        Operator.Less => Operator.Greater,
        Operator.LessOrEqual => Operator.GreaterOrEqual,
        Operator.Greater => Operator.Less,
        Operator.GreaterOrEqual => Operator.LessOrEqual,
        _ => op,
    };
}
