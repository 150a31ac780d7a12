using System.Reflection;
using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Cli.Config;

/// <summary>Names and kinds of the options that a file and the environment may give.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class ConfigNames
{
    /// <summary>The option that names the file.</summary>
    public const string File = "config";

    /// <summary>The option that only checks.</summary>
    public const string Check = "check";

    private const string Prefix = "RECV_";

    /// <summary>Whether a verb can be configured by a file and the environment.</summary>
    public static bool IsConfigurable(Verb verb) => verb.Find(File) is not null;

    /// <summary>Options that a file may give, as the help lists them.</summary>
    public static IEnumerable<PropertyInfo> Options(Verb verb) => verb.Options.GetProperties()
        .Where(property => property.GetCustomAttribute<OptionAttribute>()?.LongName is not (null or File or Check));

    /// <summary>An option as the command line has it, without dashes.</summary>
    public static string NameOf(PropertyInfo option) => option.GetCustomAttribute<OptionAttribute>()!.LongName;

    /// <summary>The environment variable of an option.</summary>
    public static string VariableOf(string option) => Prefix + option.ToUpperInvariant().Replace('-', '_');

    /// <summary>Reads a yes or no.</summary>
    /// <exception cref="RecvException">It is neither (exit code 2).</exception>
    public static bool ParseSwitch(string text, string where) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw RecvException.BadUsage($"{where}: '{text}' is neither true nor false"),
    };

    /// <summary>Whether a value has commas in it that a file may write as a list: <c>--affinity CORE,...</c>.</summary>
    public static bool IsJoined(PropertyInfo option) =>
        option.GetCustomAttribute<OptionAttribute>()!.MetaValue?.EndsWith(",...", StringComparison.Ordinal) == true;
}
