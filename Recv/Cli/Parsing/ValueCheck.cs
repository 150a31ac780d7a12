using System.Reflection;
using Recv.Cli.Verbs;

namespace Recv.Cli.Parsing;

/// <summary>Refuses values that CommandLineParser would take for others, or has no words for.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class ValueCheck
{
    private static readonly Type[] Numbers = [typeof(double), typeof(int), typeof(long), typeof(ulong)];

    /// <summary>Looks at each option of a normalised command line (see <see cref="ArgumentList"/>).</summary>
    /// <exception cref="RecvException">A number has a comma in it, or a value begins with a space or has several lines.</exception>
    public static void Look(Verb verb, IReadOnlyList<string> arguments)
    {
        foreach (string argument in arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)))
        {
            if (argument.Split('=', 2) is not [string dashed, string text]) continue;
            if (Complaint(verb.Find(dashed[2..])!, text) is string complaint)
                throw RecvException.BadUsage($"{verb.Name}: option {dashed}: {complaint}; see `recv {verb.Name} --help`")
                    .For(Setting.OfKey(dashed[2..]));
        }
    }

    private static string? Complaint(PropertyInfo option, string text)
    {
        Type type = Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;
        // To the parser a comma stands between thousands, wherever it is: half a second, 0,5, would be five.
        if (Numbers.Contains(type) && text.Contains(',')) return $"'{text}' has a comma; write 0.5 for a half, and 1000000 for a million";
        if (text.AsSpan().IndexOfAny('\r', '\n') >= 0) return "its value has several lines; write it in one";
        return text.StartsWith(' ') ? $"'{text}' begins with a space; leave it out" : null;
    }
}
