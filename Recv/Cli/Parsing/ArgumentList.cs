using System.Reflection;
using Recv.Cli.Verbs;

namespace Recv.Cli.Parsing;

/// <summary>
/// Puts the arguments of a verb into the one form that CommandLineParser reads without surprises: words first, then
/// each option once
/// as <c>--name=value</c>.
/// </summary>
/// <remarks>
/// As the user writes them, a repeated list would swallow the file name after it, an option without its value at the
/// end would be
/// passed over, and so would words too many. <b>Threading:</b> pure.
/// </remarks>
internal static class ArgumentList
{
    /// <summary>
    /// Between the values of a list: ASCII's unit separator, which nobody writes. (A line feed would do, but the parser
    /// stops there.)
    /// </summary>
    public const char Separator = '\u001f';

    /// <summary>The arguments after the verb, in order.</summary>
    /// <exception cref="RecvException">An option is unknown, has no value, is repeated, or there are words too many.</exception>
    public static IReadOnlyList<string> Normalise(Verb verb, IReadOnlyList<string> arguments)
    {
        var words = new List<string>();
        var values = new Dictionary<string, List<string>>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument is "-h" or "--help" or "--version") return [argument == "--version" ? argument : "--help"];
            if (!argument.StartsWith('-') || argument == "-") words.Add(argument);
            else i += ReadOption(verb, argument, i + 1 < arguments.Count ? arguments[i + 1] : null, values);
        }
        if (words.Count > verb.MaxWords)
            throw RecvException.BadUsage($"{verb.Name}: unexpected argument '{words[verb.MaxWords]}'; usage: {verb.Usage}");
        return [.. words, .. values.Select(option => option.Value.Count == 0
            ? $"--{option.Key}"
            : $"--{option.Key}={string.Join(Separator, option.Value)}")];
    }

    /// <summary>Adds one option; says how many arguments after it belong to it.</summary>
    private static int ReadOption(Verb verb, string argument, string? next, Dictionary<string, List<string>> values)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string dashed = equals < 0 ? argument : argument[..equals];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        PropertyInfo option = (dashed.StartsWith("--", StringComparison.Ordinal) ? verb.Find(dashed[2..]) : null)
            ?? throw Unknown(verb, dashed);
        bool first = values.TryAdd(dashed[2..], []);
        if (!first && !Verb.IsList(option))
            throw RecvException.BadUsage($"{verb.Name}: option {dashed} is given more than once; keep one");
        if (option.PropertyType == typeof(bool))
        {
            if (value is not null) throw RecvException.BadUsage(
                $"{verb.Name}: option {dashed} takes no value; write it without '={value}'");
            return 0;
        }
        bool isApart = value is null && next is not null && !next.StartsWith("--", StringComparison.Ordinal);
        value ??= isApart ? next! : "";
        if (value.Length == 0) throw RecvException.BadUsage($"{verb.Name}: option {dashed} needs a value; see `recv {verb.Name} --help`");
        values[dashed[2..]].Add(value);
        return isApart ? 1 : 0;
    }

    private static RecvException Unknown(Verb verb, string dashed)
    {
        string hint = Spelling.Nearest(dashed, verb.OptionNames) is { } near ? $"did you mean {near}? " : "";
        return RecvException.BadUsage($"{verb.Name}: unknown option '{dashed}'; {hint}see `recv {verb.Name} --help`");
    }
}
