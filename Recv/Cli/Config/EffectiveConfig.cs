using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recv.Cli.Verbs;

namespace Recv.Cli.Config;

/// <summary>Writes what a run will use, as a file that <c>--config</c> reads, with where each value is from.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static partial class EffectiveConfig
{
    private const int OriginColumn = 48;

    /// <summary>Writes the options of a verb.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="verb">Whose options.</param>
    /// <param name="options">As they were read.</param>
    /// <param name="configuration">Where they are from.</param>
    /// <param name="defaults">What is used for those that nobody gave, where the options alone do not tell.</param>
    public static void Write(
        TextWriter output, Verb verb, object options, Configuration configuration, IReadOnlyDictionary<string, DefaultInUse> defaults)
    {
        output.WriteLine($"# recv {verb.Name}: command line > environment (RECV_...) > file (--config) > default");
        foreach (PropertyInfo option in ConfigNames.Options(verb))
        {
            string name = ConfigNames.NameOf(option);
            string origin = configuration.OriginOf(name);
            string[]? values = ValuesOf(option, options);
            if (origin == Configuration.Default && defaults.TryGetValue(name, out DefaultInUse? used))
            {
                if (!used.IsFixed)
                {
                    Line(output, $"# {name}: {used.Value}", used.Why);
                    continue;
                }
                (values, origin) = ([used.Value], used.Why);
            }
            if (values is null || values.Length == 0) Line(output, $"# {name}:", "not set");
            else if (!Verb.IsList(option)) Line(output, $"{name}: {Quote(values[0])}", origin);
            else
            {
                Line(output, $"{name}:", origin);
                foreach (string value in values) output.WriteLine($"  - {Quote(value)}");
            }
        }
    }

    private static string[]? ValuesOf(PropertyInfo option, object options) => option.GetValue(options) switch
    {
        null => null,
        IEnumerable<string> list => [.. list],
        bool flag => [flag ? "true" : "false"],
        IFormattable number => [number.ToString(null, CultureInfo.InvariantCulture)],
        object text => [text.ToString() ?? ""],
    };

    private static void Line(TextWriter output, string text, string origin) =>
        output.WriteLine($"{text.PadRight(OriginColumn)} # {origin}");

    // Whatever YAML could take for something else goes in double quotes, where JSON's escapes are YAML's.
    private static string Quote(string text) => Plain().IsMatch(text) ? text : JsonSerializer.Serialize(text);

    [GeneratedRegex(@"^[A-Za-z0-9/.][A-Za-z0-9/.:+=?&_-]*(?<!:)\z")]
    private static partial Regex Plain();
}
