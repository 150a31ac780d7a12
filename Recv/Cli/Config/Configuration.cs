using System.Collections;
using Recv.Cli.Parsing;
using Recv.Cli.Verbs;

namespace Recv.Cli.Config;

/// <summary>The options of a run from everywhere: command line before environment before file before default, each option
/// as a whole.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class Configuration
{
    /// <summary>Where an option is from that nobody gave.</summary>
    public const string Default = "default";

    private const string CommandLine = "command line";

    private readonly Verb _verb;
    private readonly Dictionary<string, GivenValue> _settings = [];

    private Configuration(Verb verb) => _verb = verb;

    /// <summary>Remarks for the user, each a line.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Puts the options together.</summary>
    /// <param name="verb">Whose options; one that is not configurable has its command line only.</param>
    /// <param name="arguments">Normalised: see <see cref="ArgumentList"/>.</param>
    /// <param name="variables">The environment.</param>
    /// <exception cref="RecvException">File or environment are wrong.</exception>
    public static Configuration Of(Verb verb, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        var configuration = new Configuration(verb) { Warnings = [.. ConfigEnvironment.Suspects(verb, variables)] };
        foreach (string argument in arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)))
        {
            string[] halves = argument[2..].Split('=', 2);
            string[] values = halves.Length == 1 ? ["true"] : halves[1].Split(ArgumentList.Separator);
            configuration._settings[halves[0]] = new GivenValue(values, CommandLine);
        }
        configuration.Add(ConfigEnvironment.Read(verb, variables));
        if (configuration._settings.TryGetValue(ConfigNames.File, out GivenValue? file))
            configuration.Add(ConfigFile.Read(verb, file.Values[0]));
        return configuration;
    }

    /// <summary>All of them as a command line, normalised.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        .. from setting in _settings
           where setting.Value.Values.Count > 0
           let option = _verb.Find(setting.Key)
           where option.PropertyType != typeof(bool) || setting.Value.Values[0] == "true"
           select option.PropertyType == typeof(bool) ? $"--{setting.Key}"
               : $"--{setting.Key}={string.Join(ArgumentList.Separator, setting.Value.Values)}",
    ];

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> Variables => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => variable.Value as string ?? "");

    /// <summary>Where an option is from.</summary>
    public string OriginOf(string option) => _settings.TryGetValue(option, out GivenValue? setting) ? setting.Origin : Default;

    /// <summary>An error about an option that did not come from the command line says where it did come from.</summary>
    public RecvException Locate(RecvException error)
    {
        if (error.About is not { } about) return error;
        string origin = OriginOf(about.Key);
        return origin is CommandLine or Default ? error : new RecvException($"{origin}: {Words.Of(error)}", error.ExitCode, error);
    }

    private void Add(IReadOnlyDictionary<string, GivenValue> settings)
    {
        foreach ((string option, GivenValue setting) in settings) _settings.TryAdd(option, setting);
    }
}
