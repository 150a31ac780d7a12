namespace Recv.Layouts.Expressions;

/// <summary>
/// What is wrong with an expression and where in its text; whoever knows the file turns it into a
/// <see cref="RecvException"/>.
/// </summary>
internal sealed class ExpressionException(int column, string message) : Exception(message)
{
    /// <summary>Where in the text, from 0.</summary>
    public int Column { get; } = column;
}
