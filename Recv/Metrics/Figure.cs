using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Recv.Metrics;

/// <summary>A row of the table of figures, without the way in which it is read: what the figure is called, what it says, and to
/// whom.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public abstract partial record Figure
{
    /// <summary>A row.</summary>
    /// <exception cref="ArgumentException">The name does not fit the kind, or the help text would break a page.</exception>
    private protected Figure(FigureKind kind, string name, FigureUnit unit, string help, ImmutableArray<string> labels)
    {
        if (!FigureName.IsMatch(name)) throw new ArgumentException(
            $"'{name}' is not a metric name: lower-case letters, digits, underscores", nameof(name));
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

    /// <summary>With <see cref="By"/>: values of the label that do not have the weight of the others, and the weight that they
    /// have.</summary>
    public ImmutableDictionary<string, FigureWeight> Weights { get; init; } = ImmutableDictionary<string, FigureWeight>.Empty;

    /// <summary>The weight of a value of <see cref="By"/>; of the figure itself for a null.</summary>
    public FigureWeight WeightOf(string? value) =>
        value is not null && Weights.TryGetValue(value, out FigureWeight weight) ? weight : Weight;

    [GeneratedRegex(@"^[a-z][a-z0-9_]*\z")]
    private static partial Regex FigureName { get; }
}

/// <summary>What kind of metric a figure is.</summary>
public enum FigureKind { Counter, Gauge, Histogram }

/// <summary>What a figure counts or measures; none for a yes or no, or a mode. Of heaps and samples those of the telescope, with packet
/// presence packets instead of heaps; events are times that something happened.</summary>
public enum FigureUnit { None, Datagrams, Frames, Heaps, Samples, Chunks, Events, Buffers, Bytes, Seconds }

/// <summary>What it means that a figure is not 0: nothing bad; something that people should see at once, though it is no loss by itself or
/// is
/// counted elsewhere as loss; data were lost.</summary>
public enum FigureWeight { Normal, Trouble, Loss }
