using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Recv.Sensors.Katcp;

/// <summary>A line of katcp: kind, name, identifier, arguments (specification 5.1, section 2).</summary>
/// <param name="Kind">Request, reply or inform.</param>
/// <param name="Name">Letters, digits and dashes, a letter first.</param>
/// <param name="Id">Identifier, 1 to 2³¹ − 1; 0 for none.</param>
/// <param name="Arguments">Unescaped. Bytes are chars of the same value (Latin-1): the protocol gives them no encoding.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record KatcpMessage(KatcpMessageKind Kind, string Name, int Id, params ImmutableArray<string> Arguments)
{
    private const string Whitespace = " \t";

    /// <summary>Reads a line without its end.</summary>
    /// <exception cref="FormatException">It is not katcp; the message says why.</exception>
    public static KatcpMessage Parse(ReadOnlySpan<byte> line)
    {
        string text = Encoding.Latin1.GetString(line);
        if (text.Length == 0 || text[0] is not ('?' or '!' or '#')) throw new FormatException("a message begins with ?, ! or #");
        int end = text.AsSpan().IndexOfAny(Whitespace);
        string head = end < 0 ? text[1..] : text[1..end];
        (string name, int id) = ParseHead(head);
        string[] words = end < 0 ? [] : text[end..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return new KatcpMessage((KatcpMessageKind)text[0], name, id, [.. words.Select(Unescape)]);
    }

    /// <summary>The line, with its end, as bytes.</summary>
    public byte[] ToBytes()
    {
        var line = new StringBuilder();
        line.Append((char)Kind).Append(Name);
        if (Id != 0) line.Append('[').Append(Id.ToString(CultureInfo.InvariantCulture)).Append(']');
        foreach (string argument in Arguments)
        {
            line.Append(' ');
            Escape(argument, line);
        }
        return Encoding.Latin1.GetBytes(line.Append('\n').ToString());
    }

    private static (string Name, int Id) ParseHead(string head)
    {
        int bracket = head.IndexOf('[', StringComparison.Ordinal);
        string name = bracket < 0 ? head : head[..bracket];
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
            throw new FormatException("a message name is letters, digits and dashes, a letter first");
        if (bracket < 0) return (name, 0);
        string digits = head[bracket..].TrimStart('[').TrimEnd(']');
        if (head[bracket..] != $"[{digits}]" || digits.StartsWith('0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            throw new FormatException("a message identifier is a number from 1 to 2147483647 in brackets");
        return (name, id);
    }

    private static string Unescape(string word)
    {
        if (word.AsSpan().IndexOfAny('\0', '\u001b', '\r') >= 0)
            throw new FormatException("null, escape and carriage return are written as \\0, \\e and \\r");
        if (!word.Contains('\\')) return word;
        var text = new StringBuilder(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] != '\\') text.Append(word[i]);
            else if (++i == word.Length) throw new FormatException("a backslash ends the argument");
            else if (word[i] != '@') text.Append(CharOf(word[i]));
        }
        return text.ToString();
    }

    private static char CharOf(char code) => code switch
    {
        '\\' => '\\',
        '_' => ' ',
        '0' => '\0',
        'n' => '\n',
        'r' => '\r',
        'e' => '\u001b',
        't' => '\t',
        _ => throw new FormatException("after a backslash comes one of \\ _ 0 n r e t @"),
    };

    private static void Escape(string argument, StringBuilder line)
    {
        if (argument.Length == 0) line.Append("\\@");
        foreach (char c in argument)
        {
            _ = c switch
            {
                '\\' => line.Append("\\\\"),
                ' ' => line.Append("\\_"),
                '\0' => line.Append("\\0"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\u001b' => line.Append("\\e"),
                '\t' => line.Append("\\t"),
                // What is no byte cannot be sent.
                > '\u00ff' => line.Append('?'),
                _ => line.Append(c),
            };
        }
    }
}
