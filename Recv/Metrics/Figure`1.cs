using System.Collections.Immutable;

namespace Recv.Metrics;

/// <summary>A row of a table of figures, with the way in which it is read.</summary>
/// <typeparam name="TReading">What was read of a receiver, or of something else, at one moment.</typeparam>
/// <remarks><b>Threading:</b> immutable; readers are pure.</remarks>
public sealed record Figure<TReading> : Figure
{
    /// <summary>A row. Most are made by <see cref="RowsOf{TReading, TItem}"/>.</summary>
    /// <param name="kind">Counter, gauge or histogram.</param>
    /// <param name="name">As a page shows it.</param>
    /// <param name="unit">What it counts or measures.</param>
    /// <param name="help">What it says, in one line.</param>
    /// <param name="labels">Names of its labels.</param>
    /// <param name="read">Gives the values of a reading, each with its labels in the order of the names.</param>
    /// <exception cref="ArgumentException">The name does not fit the kind, or the help text would break a page.</exception>
    public Figure(FigureKind kind, string name, FigureUnit unit, string help, ImmutableArray<string> labels, Action<TReading,
        FigureValues> read)
        : base(kind, name, unit, help, labels)
    {
        Read = read;
    }

    /// <summary>Gives the values of a reading.</summary>
    public Action<TReading, FigureValues> Read { get; }

    /// <summary>The names of the labels in a reading. Default: <see cref="Figure.Labels"/>.</summary>
    public Func<TReading, ImmutableArray<string>>? LabelsIn { get; init; }

    /// <summary>Whether the final report has it even when it is 0. Default: not.</summary>
    public Func<TReading, bool> ReportedAtZero { get; init; } = _ => false;

    /// <summary>The same, whatever the reading is.</summary>
    public bool AlwaysReported { init => ReportedAtZero = _ => value; }

    /// <summary>What people should know of it, behind the number, given the value of <see cref="Figure.By"/>.</summary>
    public Func<TReading, string?, string>? NoteOf { get; init; }

    /// <summary>The same, whatever the reading is.</summary>
    public string Note { init => NoteOf = (_, _) => value; }
}
