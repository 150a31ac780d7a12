using System.Reflection;
using Recv.Cli.Parsing;
using Recv.Cli.Verbs;

namespace Recv.Cli.Config;

/// <summary>Options from environment variables, for containers: <c>RECV_MAX_CHUNKS</c> is <c>--max-chunks</c>.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class ConfigEnvironment
{
    /// <summary>Between the values of an option that may be repeated; a comma would be part of a value.</summary>
    public const char Separator = ';';

    /// <summary>What it gives, by option, <c>config</c> included. Variables that are empty are as if they were not there.</summary>
    /// <exception cref="RecvException">A switch is neither true nor false (2).</exception>
    public static IReadOnlyDictionary<string, GivenValue> Read(Verb verb, IReadOnlyDictionary<string, string> variables)
    {
        var settings = new Dictionary<string, GivenValue>();
        foreach (PropertyInfo option in ConfigNames.Options(verb).Append(verb.Find(ConfigNames.File)!))
        {
            string name = ConfigNames.NameOf(option);
            string variable = ConfigNames.VariableOf(name);
            if (!variables.TryGetValue(variable, out string? text) || string.IsNullOrWhiteSpace(text)) continue;
            settings.Add(name, new GivenValue(ValuesOf(option, text.Trim(), variable), variable));
        }
        return settings;
    }

    /// <summary>Variables that are nearly those of an option: somebody has mistyped one, and would never know.</summary>
    public static IEnumerable<string> Suspects(Verb verb, IReadOnlyDictionary<string, string> variables)
    {
        string[] known = [.. ConfigNames.Options(verb).Append(verb.Find(ConfigNames.File)!).Select(option =>
            ConfigNames.VariableOf(ConfigNames.NameOf(option)))];
        return from name in variables.Keys.Order(StringComparer.Ordinal)
               where name.StartsWith("RECV", StringComparison.Ordinal) && !known.Contains(name)
               let near = Spelling.Nearest(name, known)
               where near is not null
               select $"the environment variable {name} is not used; did you mean {near}?";
    }

    private static string[] ValuesOf(PropertyInfo option, string text, string variable)
    {
        if (Verb.IsList(option)) return text.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return option.PropertyType == typeof(bool) ? [ConfigNames.ParseSwitch(text, variable) ? "true" : "false"] : [text];
    }
}
