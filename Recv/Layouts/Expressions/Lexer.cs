using System.Globalization;

namespace Recv.Layouts.Expressions;

/// <summary>Cuts the text of an expression into tokens.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal static class Lexer
{
    private static readonly string[] Symbols =
    [
        "<<", ">>", "&&", "||", "==", "!=", "<=", ">=",
        "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "?", ":", "(", ")",
    ];

    /// <summary>All tokens; the last one is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="ExpressionException">Something that is no token.</exception>
    public static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length) break;
            Token token = Next(text, at);
            tokens.Add(token);
            at += token.Text.Length;
        }
        tokens.Add(new Token(TokenKind.End, "", 0, text.Length));
        return tokens;
    }

    /// <summary>Whether <paramref name="name"/> can be used in expressions.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsNameCharacter) && name is not ("true" or "false");

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static Token Next(string text, int at)
    {
        if (IsNameCharacter(text[at])) return Word(text, at);
        foreach (string symbol in Symbols)
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0)
                return new Token(TokenKind.Symbol, symbol, 0, at);
        throw new ExpressionException(at, text[at] switch
        {
            '=' => "'=' is not an operator; use == to compare",
            '.' or ',' => $"'{text[at]}' is not allowed; only whole numbers",
            '"' or '\'' => "a quote inside an expression; expressions are numbers and names",
            _ => $"character '{text[at]}' is not allowed in an expression",
        });
    }

    private static Token Word(string text, int at)
    {
        int end = at;
        while (end < text.Length && IsNameCharacter(text[end])) end++;
        string word = text[at..end];
        return word switch
        {
            "true" => new Token(TokenKind.Number, word, 1, at),
            "false" => new Token(TokenKind.Number, word, 0, at),
            _ when char.IsAsciiDigit(word[0]) => new Token(TokenKind.Number, word, Number(word, at), at),
            _ => new Token(TokenKind.Name, word, 0, at),
        };
    }

    private static long Number(string word, int at)
    {
        bool hexadecimal = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        string digits = hexadecimal ? word[2..] : word;
        if (digits.Length == 0 || !digits.All(hexadecimal ? char.IsAsciiHexDigit : char.IsAsciiDigit))
            throw new ExpressionException(
                at, $"'{word}' is not a number; write decimal digits or 0x and hexadecimal digits");
        if (!hexadecimal && digits.Length > 1 && digits[0] == '0')
            throw new ExpressionException(at, $"'{word}' begins with 0, which is octal in C; drop the 0 or write 0x");
        NumberStyles style = hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out ulong value) || value > long.MaxValue)
            throw new ExpressionException(
                at, $"'{word}' does not fit in 64 bits; the largest number is {long.MaxValue}");
        return (long)value;
    }
}
