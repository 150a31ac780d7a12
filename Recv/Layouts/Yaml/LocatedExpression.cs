using Recv.Files;
using Recv.Layouts.Expressions;

namespace Recv.Layouts.Yaml;

/// <summary>An expression and where it was written.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class LocatedExpression
{
    private readonly bool _exact;

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="start">Where its first character is.</param>
    /// <param name="exact">Whether character k of the text is at column k of <paramref name="start"/>'s line; not so
    /// when YAML folded lines.</param>
    /// <exception cref="RecvException">It is not an expression.</exception>
    public LocatedExpression(string text, Position start, bool exact)
    {
        Start = start;
        _exact = exact;
        try
        {
            Tree = ExpressionParser.Parse(text);
        }
        catch (ExpressionException error)
        {
            throw Error(error);
        }
    }

    /// <summary>What was parsed.</summary>
    public Expression Tree { get; }

    /// <summary>Where it begins.</summary>
    public Position Start { get; }

    /// <summary>The error to throw for <paramref name="error"/>.</summary>
    public RecvException Error(ExpressionException error)
    {
        Position at = _exact ? Start with { Column = Start.Column + error.Column } : Start;
        return at.Error(error.Message, error);
    }
}
