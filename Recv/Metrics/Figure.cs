using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Recv.Metrics;

/// <summary>A row of the table of figures, without the way in which it is read: what the figure is called, what it says, and to whom.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public abstract partial record Figure
{
    /// <summary>A row.</summary>
    /// <exception cref="ArgumentException">The name does not fit the kind, or the help text would break a page.</exception>
    private protected Figure(FigureKind kind, string name, FigureUnit unit, string help, ImmutableArray<string> labels)
    {
        if (!FigureName.IsMatch(name)) throw new ArgumentException($"'{name}' is not a metric name: lower-case letters, digits, underscores", nameof(name));
        if (name.EndsWith("_total", StringComparison.Ordinal) != (kind == FigureKind.Counter))
            throw new ArgumentException($"'{name}': counters end with _total, and nothing else does", nameof(name));
        // The library writes help texts as they are: a line feed would begin a line of the page, a backslash an escape.
        if (help.Length == 0 || help.AsSpan().ContainsAny("\n\r\\"))
            throw new ArgumentException($"'{name}': the help text is one line without backslashes", nameof(help));
        (Kind, Name, Unit, Help, Labels) = (kind, name, unit, help, labels);
    }

    /// <summary>Counter, gauge or histogram.</summary>
    public FigureKind Kind { get; }

    /// <summary>As a page shows it: <c>recv_datagrams_total</c>.</summary>
    public string Name { get; }

    /// <summary>What it counts or measures.</summary>
    public FigureUnit Unit { get; }

    /// <summary>What it says, in one line.</summary>
    public string Help { get; }

    /// <summary>Names of its labels; of <see cref="RowsOf{TReading, TItem}"/> that follow the layout, those that there may be.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>What people call it, in the live view and in the final report; null for a figure that only monitoring reads.</summary>
    public string? Words { get; init; }

    /// <summary>What it means if it is not 0. See <see cref="WeightOf"/>.</summary>
    public FigureWeight Weight { get; init; }

    /// <summary>The label by whose values people see it, a row for each; null: people see one sum over all labels.</summary>
    public string? By { get; init; }

    /// <summary>With <see cref="By"/>: values of the label that do not have the weight of the others, and the weight that they have.</summary>
    public ImmutableDictionary<string, FigureWeight> Weights { get; init; } = ImmutableDictionary<string, FigureWeight>.Empty;

    /// <summary>The weight of a value of <see cref="By"/>; of the figure itself for a null.</summary>
    public FigureWeight WeightOf(string? value) => value is not null && Weights.TryGetValue(value, out FigureWeight weight) ? weight : Weight;

    [GeneratedRegex(@"^[a-z][a-z0-9_]*\z")]
    private static partial Regex FigureName { get; }
}

/// <summary>What kind of metric a figure is.</summary>
public enum FigureKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>How often values fell into which bucket.</summary>
    Histogram,
}

/// <summary>What a figure counts or measures.</summary>
public enum FigureUnit
{
    /// <summary>Nothing that has a unit: yes or no, a mode.</summary>
    None,

    /// <summary>UDP datagrams.</summary>
    Datagrams,

    /// <summary>Frames of a capture or of a card.</summary>
    Frames,

    /// <summary>SPEAD heaps; with packet presence, packets.</summary>
    Heaps,

    /// <summary>Samples of the telescope.</summary>
    Samples,

    /// <summary>Chunks.</summary>
    Chunks,

    /// <summary>Times that something happened.</summary>
    Events,

    /// <summary>Buffers in rotation.</summary>
    Buffers,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Seconds.</summary>
    Seconds,
}

/// <summary>What it means that a figure is not 0.</summary>
public enum FigureWeight
{
    /// <summary>Nothing bad.</summary>
    Normal,

    /// <summary>Something that people should see at once, though it is no loss by itself or is counted elsewhere as loss.</summary>
    Trouble,

    /// <summary>Data were lost.</summary>
    Loss,
}
