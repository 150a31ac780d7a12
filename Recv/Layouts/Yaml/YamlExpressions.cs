using Recv.Files;

namespace Recv.Layouts.Yaml;

/// <summary>Values of a layout file that are expressions.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal static class YamlExpressions
{
    /// <summary>An expression that must be there.</summary>
    public static LocatedExpression Expression(this YamlMap map, string key)
    {
        (string text, Position start, bool exact) = map.LocatedText(key);
        return new LocatedExpression(text, start, exact);
    }

    /// <summary>An expression that may be there.</summary>
    public static LocatedExpression? OptionalExpression(this YamlMap map, string key) => map.Has(key) ? map.Expression(key) : null;
}
