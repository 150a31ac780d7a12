namespace Recv.Layouts.Expressions;

/// <summary>Text of an expression → tree, with C's precedence.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class ExpressionParser
{
    /// <summary>
    /// Characters of an expression; bounds the depth of the tree, and with it the stack that walking it needs.
    /// </summary>
    public const int MaxLength = 1000;

    private readonly List<Token> _tokens;
    private int _at;

    private ExpressionParser(string text) => _tokens = Lexer.Tokens(text);

    private Token Current => _tokens[_at];

    /// <summary>The tree of <paramref name="text"/>.</summary>
    /// <exception cref="ExpressionException">It is not an expression.</exception>
    public static Expression Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new ExpressionException(0,
                $"an expression of {text.Length} characters; at most {MaxLength}, use parameters for its parts");
        }
        var parser = new ExpressionParser(text);
        if (parser.Current.Kind == TokenKind.End)
            throw new ExpressionException(0, "an expression is missing; write a number or a name");
        Expression expression = parser.Conditional();
        if (parser.Current.Kind != TokenKind.End) throw parser.Unexpected("an operator");
        return expression;
    }

    private Expression Conditional()
    {
        Expression condition = Binary(0);
        int column = Current.Column;
        if (!Take("?")) return condition;
        Expression whenTrue = Conditional();
        if (!Take(":")) throw Unexpected("':' and the value otherwise");
        return new ConditionalExpression(condition, whenTrue, Conditional(), column);
    }

    private Expression Binary(int above)
    {
        Expression left = Unary();
        while (Current.Kind == TokenKind.Symbol
            && Operators.Binary.TryGetValue(Current.Text, out var found) && found.Precedence > above)
        {
            int column = Current.Column;
            _at++;
            left = new BinaryExpression(found.Operator, left, Binary(found.Precedence), column);
        }
        return left;
    }

    private Expression Unary()
    {
        int column = Current.Column;
        // There is no separate negation: 0 - x overflows exactly when -x does.
        if (Take("-")) return new BinaryExpression(Operator.Subtract, new NumberExpression(0, column), Unary(), column);
        if (Take("~")) return new UnaryExpression(Operator.Complement, Unary(), column);
        if (Take("!")) return new UnaryExpression(Operator.Not, Unary(), column);
        return Primary();
    }

    private Expression Primary()
    {
        Token token = Current;
        if (token.Kind == TokenKind.Number)
        {
            _at++;
            return new NumberExpression(token.Value, token.Column);
        }
        if (token.Kind == TokenKind.Name)
        {
            _at++;
            return new NameExpression(token.Text, token.Column);
        }
        if (!Take("(")) throw Unexpected("a number, a name or '('");
        Expression inner = Conditional();
        if (!Take(")")) throw Unexpected("')'");
        return inner;
    }

    private bool Take(string symbol)
    {
        if (Current.Kind != TokenKind.Symbol || Current.Text != symbol) return false;
        _at++;
        return true;
    }

    private ExpressionException Unexpected(string wanted) =>
        new(Current.Column, $"expected {wanted}, found {Current.Shown}");
}
