namespace Recv.Layouts.Expressions;

/// <summary>The operators of layout expressions, with C's meaning over signed 64-bit integers.</summary>
internal enum Operator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
    AndAlso,
    OrElse,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Complement,
    Not,
}
