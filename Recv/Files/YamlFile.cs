using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Recv.Files;

/// <summary>Text of a YAML file → its one mapping.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal static class YamlFile
{
    // The grammar needs four levels; the bound keeps a hostile file from using up the stack of the recursive reader.
    private const int MaxDepth = 16;

    /// <summary>The mapping that is the document.</summary>
    /// <param name="file">Name for error messages.</param>
    /// <param name="text">Contents.</param>
    /// <param name="what">What it describes, for error messages.</param>
    /// <exception cref="RecvException">It is not YAML, or not one mapping.</exception>
    public static YamlMap Read(string file, string text, string what = "a layout")
    {
        CheckEvents(file, text, what);
        var parser = new Parser(new StringReader(text));
        try
        {
            var stream = new YamlStream();
            stream.Load(parser);
            return YamlMap.Of(file, stream.Documents[0].RootNode, what);
        }
        catch (YamlException error)
        {
            throw Refused(file, error);
        }
        catch (ArgumentException error)
        {
            // Its parser passes some broken text, such as ' \0- :\t\0:[a', at which building the nodes then stops.
            throw NotYaml(file, parser.Current?.Start ?? new Mark(0, 1, 1), error);
        }
    }

    /// <summary>A mark of the YAML reader as our own position.</summary>
    public static Position At(string file, Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    // Reads everything once without building nodes: syntax, depth, aliases, number of documents.
    private static void CheckEvents(string file, string text, string what)
    {
        var parser = new Parser(new StringReader(text));
        int depth = 0;
        int documents = 0;
        while (MoveNext(file, parser))
        {
            ParsingEvent current = parser.Current!;
            depth += current.NestingIncrease;
            // Stream and document are levels too.
            if (depth > MaxDepth + 2)
                throw At(file, current.Start).Error($"more than {MaxDepth} levels; {what} has fewer");
            if (current is AnchorAlias alias)
            {
                throw At(file, alias.Start).Error(
                    $"alias '*{alias.Value}'; write the value out, or quote an expression that begins with *");
            }
            if (current is DocumentStart && ++documents > 1)
                throw At(file, current.Start).Error($"a second document; a file holds one {what.Split(' ')[^1]}");
        }
        if (documents == 0) throw new Position(file, 1, 1).Error($"the file is empty; {what} is a YAML mapping");
    }

    private static bool MoveNext(string file, Parser parser)
    {
        Mark last = parser.Current?.End ?? new Mark(0, 1, 1);
        try
        {
            return parser.MoveNext();
        }
        catch (YamlException error)
        {
            throw Refused(file, error);
        }
        catch (InvalidOperationException error)
        {
            // YamlDotNet's scanner runs into its own checks on some broken plain values, such as a tab after a colon.
            throw NotYaml(file, last, error);
        }
    }

    private static RecvException NotYaml(string file, Mark where, Exception error) =>
        At(file, where).Error("not YAML from here on; correct it (often a tab, or a value that needs quotes)", error);

    private static RecvException Refused(string file, YamlException error)
    {
        int end = error.Message.IndexOfAny(['\r', '\n']);
        string line = (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
        return At(file, error.Start).Error($"{char.ToLowerInvariant(line[0])}{line[1..]}; correct the YAML", error);
    }
}
