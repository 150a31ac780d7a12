using System.Globalization;
using Recv.Cli.Parsing;
using Recv.Cli.View;
using Recv.Layouts;

namespace Recv.Cli.Verbs;

/// <summary><c>recv layouts list|show|validate</c>.</summary>
internal static class LayoutsCommand
{
    /// <summary>Runs the verb.</summary>
    public static int Run(LayoutsOptions options)
    {
        IReadOnlyDictionary<string, string> set = NameValues.Parse(Setting.Set, options.Set);
        string[] names = [.. options.Names];
        switch (options.Action)
        {
            case "list":
                List();
                return 0;
            case "show":
                if (names.Length == 0) throw RecvException.BadUsage("layouts show: name a layout; `recv layouts list` lists them");
                foreach (string name in names) Show(name, set);
                return 0;
            case "validate":
                return Validate(names.Length == 0 ? [.. LayoutCatalog.Names] : names, set);
            default:
                throw RecvException.BadUsage($"layouts {options.Action}: give list, show or validate");
        }
    }

    private static void List()
    {
        LayoutShape[] shapes = [.. LayoutCatalog.Names.Select(name => LayoutCatalog.Resolve(name).Shape)];
        TextTable.Write(Console.Out,
        [
            ["LAYOUT", "HEAP", "HEAPS", "CHUNK", "AXES, SLOWEST FIRST"],
            .. shapes.Select(shape => (string[])
            [
                shape.Name, ByteSize.Format(shape.HeapBytes), shape.ChunkHeaps.ToString(CultureInfo.InvariantCulture),
                ByteSize.Format(shape.ChunkBytes), Axes(shape),
            ]),
        ]);
        Console.Out.WriteLine();
        Console.Out.WriteLine("Sizes follow from parameters: `recv layouts show NAME` lists them, --set NAME=VALUE changes them.");
    }

    // A layout that can be saved as a file and changed, with what follows from its parameters as comments.
    private static void Show(string name, IReadOnlyDictionary<string, string> set)
    {
        CompiledLayout layout = LayoutCatalog.Resolve(name, set, new Dictionary<string, string>());
        LayoutShape shape = layout.Shape;
        Console.Out.WriteLine(LayoutCatalog.Text(name).TrimEnd());
        Console.Out.WriteLine();
        Console.Out.WriteLine(set.Count == 0 ? "# With these parameters:" : "# With these parameters, --set applied:");
        foreach ((string parameter, long value) in layout.Parameters) Comment(parameter, value, "");
        Console.Out.WriteLine("# follows:");
        Comment("heap_bytes", shape.HeapBytes, $"{ByteSize.Format(shape.HeapBytes)} of payload in each heap");
        Comment("chunk_batches", shape.ChunkBatches, "steps in time of a chunk");
        Comment("batch_heaps", shape.BatchHeaps, "heaps of each step");
        Comment("chunk_heaps", shape.ChunkHeaps, "entries of the mask");
        Comment("chunk_bytes", shape.ChunkBytes, ByteSize.Format(shape.ChunkBytes));
        Comment("chunk_timestamp_step", shape.ChunkTimestampStep, "from one chunk to the next");
        Console.Out.WriteLine($"# axes, slowest first: {Axes(shape)}");
    }

    private static void Comment(string name, long value, string note) =>
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"#   {name,-26} {value,12}  {note}").TrimEnd());

    private static int Validate(string[] names, IReadOnlyDictionary<string, string> set)
    {
        int bad = 0;
        foreach (string name in names)
        {
            try
            {
                LayoutShape shape = LayoutCatalog.Resolve(name, set, new Dictionary<string, string>()).Shape;
                Console.Out.WriteLine(
                    $"{name}: fine; {shape.ChunkHeaps} heaps of {ByteSize.Format(shape.HeapBytes)} make a chunk of "
                        + $"{ByteSize.Format(shape.ChunkBytes)}");
            }
            catch (RecvException error)
            {
                Console.Error.WriteLine("recv: " + Words.Of(error));
                bad++;
            }
        }
        return bad == 0 ? 0 : RecvException.Usage;
    }

    private static string Axes(LayoutShape shape) =>
        string.Join(" × ", shape.Axes.Select(axis => string.Create(CultureInfo.InvariantCulture, $"{axis.Name}[{axis.Size}]")));
}
