namespace Recv.Layouts.Expressions;

/// <summary>What a piece of an expression's text is.</summary>
internal enum TokenKind
{
    Number,
    Name,
    Symbol,
    End,
}

/// <summary>A piece of an expression's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; empty at the end.</param>
/// <param name="Value">Of a number.</param>
/// <param name="Column">Where it begins, from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, long Value, int Column)
{
    /// <summary>How an error message calls it.</summary>
    public string Shown => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
