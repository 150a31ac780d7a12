using System.Collections.Immutable;
using System.Globalization;
using Recv.Layouts;

namespace Recv.Metrics;

/// <summary>
/// Which heaps of a chunk count under which labels: polarisation and antenna, where the layout has such axes and there are not too many.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class HeapLabels
{
    /// <summary>The most label sets that a receiver shows; a layout with more antennas than that is shown without them.</summary>
    public const int MostSets = 256;

    // From the one that is given up first to the one that is given up last.
    private static readonly string[] Wanted = ["antenna", "pol"];

    /// <summary>Reads the axes of a layout.</summary>
    public HeapLabels(LayoutShape shape)
    {
        var axes = shape.Axes.Where(axis => Wanted.Contains(axis.Name)).ToList();
        foreach (string name in Wanted)
        {
            if (axes.Aggregate(1L, (sets, axis) => sets * axis.Size) > MostSets) axes.RemoveAll(axis => axis.Name == name);
        }
        Names = [.. axes.Select(axis => axis.Name)];
        Sets = axes.Aggregate(ImmutableArray.Create(ImmutableArray<string>.Empty), (sets, axis) =>
            [.. sets.SelectMany(set => Enumerable.Range(0, axis.Size).Select(step => set.Add(LabelOf(axis, step))))]);
        Values = [.. Sets.Select(set => set.ToArray())];
        Runs = RunsOf(shape, axes);
    }

    /// <summary>Names of the labels; none, one or two.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Values of the labels of each set; one set without labels where there are no names.</summary>
    public ImmutableArray<ImmutableArray<string>> Sets { get; }

    /// <summary>The same for those who want arrays. Not to be changed.</summary>
    internal ImmutableArray<string[]> Values { get; }

    /// <summary>Heaps of a chunk in their order, as runs of neighbours that share their labels.</summary>
    public ImmutableArray<HeapRun> Runs { get; }

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
