using System.Reflection;
using Recv.Cli.Parsing;
using Recv.Cli.Verbs;
using Recv.Files;

namespace Recv.Cli.Config;

/// <summary>A YAML file with options of <c>run</c> by their names: what <c>--config</c> reads.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class ConfigFile
{
    /// <summary>What it gives, by option.</summary>
    /// <exception cref="RecvException">It may not be read (3), is not there or is wrong (2): file, line, column and what to do.</exception>
    public static IReadOnlyDictionary<string, GivenValue> Read(Verb verb, string file)
    {
        YamlMap map = YamlFile.Read(file, HandWrittenFile.Read($"--config {file}", file), "a configuration");
        string[] known = [.. ConfigNames.Options(verb).Select(ConfigNames.NameOf)];
        var settings = new Dictionary<string, GivenValue>();
        foreach ((string key, Position at) in map.Keys)
        {
            if (!known.Contains(key))
            {
                string hint = Spelling.Nearest(key, known) is { } near ? $"did you mean '{near}'? " : "";
                throw at.Error($"unknown key '{key}'; {hint}keys are the options of `recv {verb.Name} --help` without their dashes");
            }
            settings.Add(key, Read(verb.Find(key)!, key, map));
        }
        return settings;
    }

    private static GivenValue Read(PropertyInfo option, string key, YamlMap map)
    {
        Position at = map.ValueAt(key);
        string[] values = [.. map.Values(key)];
        if (Verb.IsList(option)) return new GivenValue(values, $"{at}");
        if (values.Length != 1 && !(values.Length > 1 && ConfigNames.IsJoined(option)))
            throw at.Error($"'{key}' takes one value, not {values.Length}; write {key}: VALUE");
        if (option.PropertyType != typeof(bool)) return new GivenValue(string.Join(',', values), $"{at}");
        return new GivenValue(ConfigNames.ParseSwitch(values[0], $"{at}: '{key}'") ? "true" : "false", $"{at}");
    }
}
