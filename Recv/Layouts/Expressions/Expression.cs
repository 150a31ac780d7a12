namespace Recv.Layouts.Expressions;

/// <summary>A node of a parsed expression, before names have a meaning.</summary>
/// <param name="Column">Where it is in the text, from 0; of an operation the operator.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal abstract record Expression(int Column);

/// <summary>A literal.</summary>
internal sealed record NumberExpression(long Value, int Column) : Expression(Column);

/// <summary>A parameter, constant or item.</summary>
internal sealed record NameExpression(string Name, int Column) : Expression(Column);

/// <summary>An operation on one value.</summary>
internal sealed record UnaryExpression(Operator Operator, Expression Operand, int Column) : Expression(Column);

/// <summary>An operation on two values.</summary>
internal sealed record BinaryExpression(Operator Operator, Expression Left, Expression Right, int Column)
    : Expression(Column);

/// <summary><c>Condition ? WhenTrue : WhenFalse</c>.</summary>
internal sealed record ConditionalExpression(
    Expression Condition, Expression WhenTrue, Expression WhenFalse, int Column) : Expression(Column);
