using System.Collections.Immutable;
using Recv.Layouts.Expressions;
using Recv.Layouts.Yaml;

namespace Recv.Layouts.Emit;

/// <summary>
/// Document and values → <see cref="LayoutProgram"/>: binds the run-time expressions and finds out which can fail.
/// </summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal static class ProgramBuilder
{
    /// <summary>Binds everything.</summary>
    /// <exception cref="RecvException">A mistake that only shows with the parameters' values.</exception>
    public static LayoutProgram Build(LayoutDocument document, NameTable names)
    {
        var shapes = new ShapeBuilder(document, names);
        List<string> statistics = ["metadata_heaps", "bad_timestamp_heaps"];
        LayoutShape shape = shapes.Build([.. statistics]);
        ImmutableArray<Interval> items =
            [.. shape.Items.Select((item, index) => LayoutProgram.RangeOf(item, index == shape.TimestampItem))];

        Bound? timestamp = document.Timestamp.Value is { } computed ? names.Bind(computed, items) : null;
        var checks = ImmutableArray.CreateBuilder<ProgramCheck>();
        foreach (CheckDeclaration check in document.Checks)
        {
            Bound unless = names.Bind(check.Unless, items);
            if (!statistics.Contains(check.Statistic)) statistics.Add(check.Statistic);
            checks.Add(new ProgramCheck(statistics.IndexOf(check.Statistic), unless));
            // Whatever comes later only sees heaps that passed.
            items = Refinement.Narrow(items, unless, truth: true);
        }
        ImmutableArray<Bound?> indexes =
            [.. document.Axes.Zip(shape.Axes, (axis, size) => Index(axis, size, names, items))];
        Bound? extra = document.Extra is { } declared ? names.Bind(declared.Value, items) : null;

        bool badIndex = indexes.Zip(shape.Axes, LayoutProgram.CanLeave).Any(can => can);
        bool arithmetic = checks.Select(check => check.Unless).Concat(indexes).Append(extra)
            .Any(bound => bound is { CanFail: true });
        return new LayoutProgram
        {
            BadIndexStatistic = Add(statistics, badIndex, "bad_index_heaps"),
            ArithmeticStatistic = Add(statistics, arithmetic, "arithmetic_heaps"),
            Shape = shape with { Statistics = [.. statistics] },
            Timestamp = timestamp,
            Mask = shapes.Flag(document.Timestamp.Mask, otherwise: false, "mask"),
            Checks = checks.ToImmutable(),
            Indexes = indexes,
            Extra = extra,
        };
    }

    private static int Add(List<string> statistics, bool needed, string name)
    {
        if (!needed) return -1;
        statistics.Add(name);
        return statistics.Count - 1;
    }

    private static Bound? Index(AxisDeclaration axis, LayoutAxis size, NameTable names, ImmutableArray<Interval> items)
    {
        if (axis.Index is null) return null;
        Bound index = names.Bind(axis.Index, items);
        if (index.Range.Intersect(LayoutProgram.Inside(size)) is null)
        {
            throw axis.Index.Start.Error(
                $"the index of axis '{axis.Name}' is {Shown(index.Range)}, never inside 0..{size.Size - 1}; "
                + "correct it or the size");
        }
        return index;
    }

    private static string Shown(Interval range) => range.IsExact ? $"{range.Min}" : $"{range.Min}..{range.Max}";
}
