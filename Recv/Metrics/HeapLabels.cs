using System.Collections.Immutable;
using System.Globalization;
using Recv.Layouts;

namespace Recv.Metrics;

/// <summary>
/// Which heaps of a chunk count under which labels: the members of all axes but time, where there are not too many.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class HeapLabels
{
    /// <summary>The most label sets that a receiver shows; of a layout with more, the longest axis is shown as a whole.</summary>
    public const int MostSets = 512;

    // Labels that the figures have for other reasons.
    private static readonly string[] Taken = [LayoutShape.TimeAxis, "stream", "outcome", "sink", "reason", "le", "job", "instance"];

    /// <summary>Reads the axes of a layout.</summary>
    public HeapLabels(LayoutShape shape)
    {
        var axes = shape.Axes.Where(axis => IsLabel(axis.Name) && !Taken.Contains(axis.Name)).ToList();
        while (axes.Aggregate(1L, (sets, axis) => sets * axis.Size) > MostSets) axes.Remove(axes.MaxBy(axis => axis.Size)!);
        Names = [.. axes.Select(axis => axis.Name)];
        Sets = axes.Aggregate(ImmutableArray.Create(ImmutableArray<string>.Empty), (sets, axis) =>
            [.. sets.SelectMany(set => Enumerable.Range(0, axis.Size).Select(step => set.Add(LabelOf(axis, step))))]);
        Values = [.. Sets.Select(set => set.ToArray())];
        Runs = RunsOf(shape, axes);
    }

    /// <summary>Names of the labels; perhaps none.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Values of the labels of each set; one set without labels where there are no names.</summary>
    public ImmutableArray<ImmutableArray<string>> Sets { get; }

    /// <summary>The same for those who want arrays. Not to be changed.</summary>
    internal ImmutableArray<string[]> Values { get; }

    /// <summary>Heaps of a chunk in their order, as runs of neighbours that share their labels.</summary>
    public ImmutableArray<HeapRun> Runs { get; }

    // Of the data model of Prometheus.
    private static bool IsLabel(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            && !name.StartsWith("__", StringComparison.Ordinal);

    private static string LabelOf(LayoutAxis axis, int step) =>
        step < axis.Labels.Length ? axis.Labels[step] : step.ToString(CultureInfo.InvariantCulture);

    private static ImmutableArray<HeapRun> RunsOf(LayoutShape shape, List<LayoutAxis> labelled)
    {
        var runs = ImmutableArray.CreateBuilder<HeapRun>();
        for (int heap = 0; heap < shape.ChunkHeaps; heap++)
        {
            int set = SetOf(shape, labelled, heap);
            if (runs.Count > 0 && runs[^1].Set == set) runs[^1] = runs[^1] with { Heaps = runs[^1].Heaps + 1 };
            else runs.Add(new HeapRun(heap, 1, set));
        }
        return runs.ToImmutable();
    }

    private static int SetOf(LayoutShape shape, List<LayoutAxis> labelled, int heap)
    {
        int set = 0;
        int inner = shape.ChunkHeaps;
        foreach (LayoutAxis axis in shape.Axes)
        {
            inner /= axis.Size;
            if (labelled.Contains(axis)) set = set * axis.Size + heap / inner % axis.Size;
        }
        return set;
    }
}

/// <summary>Neighbouring heaps with the same labels.</summary>
/// <param name="First">Index of the first heap in the chunk.</param>
/// <param name="Heaps">How many.</param>
/// <param name="Set">Index into <see cref="HeapLabels.Sets"/>.</param>
public readonly record struct HeapRun(int First, int Heaps, int Set);
