using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Recv.Files;

/// <summary>A mapping of a layout file, read key by key with errors that say where.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class YamlMap
{
    private readonly string _file;
    private readonly string _what;
    private readonly YamlMappingNode _node;

    private YamlMap(string file, YamlMappingNode node, string what)
    {
        _file = file;
        _what = what;
        _node = node;
        At = YamlFile.At(file, node.Start);
    }

    /// <summary>Where it begins.</summary>
    public Position At { get; }

    /// <summary>Keys and where they are, in the order of the file.</summary>
    public IEnumerable<(string Key, Position At)> Keys =>
        _node.Children.Keys.Select(key => (Text(key, "a key"), YamlFile.At(_file, key.Start)));

    /// <summary><paramref name="node"/> as a mapping; <paramref name="what"/> is what it describes.</summary>
    public static YamlMap Of(string file, YamlNode node, string what) => node is YamlMappingNode mapping
        ? new YamlMap(file, mapping, what)
        : throw YamlFile.At(file, node.Start).Error($"expected a mapping (key: value) for {what}, found {Kind(node)}");

    /// <summary>Refuses keys that the grammar does not know.</summary>
    public YamlMap Allow(params string[] known)
    {
        foreach ((string key, Position at) in Keys)
            if (!known.Contains(key))
                throw at.Error($"unknown key '{key}' in {_what}; known: {string.Join(", ", known)}");
        return this;
    }

    /// <summary>A mapping that must be there.</summary>
    public YamlMap Map(string key) => Of(_file, Required(key), $"'{key}'");

    /// <summary>A mapping that may be there.</summary>
    public YamlMap? OptionalMap(string key) => Find(key, out YamlNode? node) ? Of(_file, node, $"'{key}'") : null;

    /// <summary>The mappings of a list; none when the key is absent and <paramref name="required"/> false.</summary>
    public IEnumerable<YamlMap> Maps(string key, bool required, string what)
    {
        if (!required && !Find(key, out _)) return [];
        return Sequence(Required(key), $"'{key}'").Select(node => Of(_file, node, what));
    }

    /// <summary>The texts of a list; none when the key is absent.</summary>
    public IEnumerable<string> Texts(string key) =>
        Find(key, out YamlNode? node)
            ? Sequence(node, $"'{key}'").Select(entry => Text(entry, $"an entry of '{key}'"))
            : [];

    /// <summary>A text, the texts of a list, or a mapping of texts as <c>NAME=VALUE</c>; none for an empty value.</summary>
    public IEnumerable<string> Values(string key) => Required(key) switch
    {
        YamlMappingNode mapping => mapping.Children.Select(child => $"{Text(child.Key, "a key")}={Text(child.Value, $"'{key}'")}"),
        YamlSequenceNode list => list.Select(entry => Text(entry, $"an entry of '{key}'")),
        YamlNode single => [Text(single, $"'{key}'")],
    };

    /// <summary>Where the value of <paramref name="key"/> is.</summary>
    public Position ValueAt(string key) => YamlFile.At(_file, Required(key).Start);

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string key) => Text(Required(key), $"'{key}'");

    /// <summary>A text that may be there.</summary>
    public string? OptionalText(string key) => Find(key, out YamlNode? node) ? Text(node, $"'{key}'") : null;

    /// <summary>A text that must be there, with the place of its first character.</summary>
    /// <returns><c>Exact</c>: whether character k of the text is k columns after that place; not so when YAML folded lines.</returns>
    public (string Text, Position Start, bool Exact) LocatedText(string key)
    {
        YamlNode node = Required(key);
        string text = Text(node, $"'{key}'");
        ScalarStyle style = ((YamlScalarNode)node).Style;
        bool quoted = style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        Position start = YamlFile.At(_file, node.Start);
        bool exact = node.Start.Line == node.End.Line && style is not (ScalarStyle.Folded or ScalarStyle.Literal);
        return (text, quoted ? start with { Column = start.Column + 1 } : start, exact);
    }

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => Find(key, out _);

    private YamlNode Required(string key) =>
        Find(key, out YamlNode? node) ? node : throw At.Error($"key '{key}' is missing in {_what}; add it");

    private bool Find(string key, [NotNullWhen(true)] out YamlNode? node) =>
        _node.Children.TryGetValue(new YamlScalarNode(key), out node);

    private YamlSequenceNode Sequence(YamlNode node, string what) => node as YamlSequenceNode
        ?? throw YamlFile.At(_file, node.Start).Error($"expected a list for {what}, found {Kind(node)}");

    private string Text(YamlNode node, string what)
    {
        Position at = YamlFile.At(_file, node.Start);
        if (node is not YamlScalarNode scalar) throw at.Error($"expected a value for {what}, found {Kind(node)}");
        // YAML takes a plain value that begins with ! for a tag.
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
            throw at.Error($"tag '{scalar.Tag.Value}' at {what}; quote a value that begins with !");
        return string.IsNullOrWhiteSpace(scalar.Value)
            ? throw at.Error($"{what} has no value; write one")
            : scalar.Value;
    }

    private static string Kind(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: null or "" } => "nothing",
        YamlScalarNode scalar => $"'{scalar.Value}'",
        _ => "something else",
    };
}
