using Recv.Layouts;

namespace Recv.Sinks.Verify;

/// <summary>
/// What the index of a heap in its chunk means: its step on the time axis, its source, and its labels.
/// </summary>
/// <param name="Batch">Step of the axis <c>time</c>.</param>
/// <param name="Source">Number of the heap among those of its batch: the other axes, the first the slowest.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct HeapLabel(int Batch, int Source)
{
    /// <summary>The axis that counts heaps of one source.</summary>
    private const string TimeAxis = "time";

    /// <summary>The meaning of <paramref name="heapIndex"/>.</summary>
    public static HeapLabel Of(LayoutShape shape, int heapIndex)
    {
        int batch = 0;
        int source = 0;
        int weight = 1;
        for (int axis = shape.Axes.Length - 1; axis >= 0; axis--)
        {
            LayoutAxis steps = shape.Axes[axis];
            int step = heapIndex % steps.Size;
            heapIndex /= steps.Size;
            if (steps.Name == TimeAxis)
            {
                batch = step;
                continue;
            }
            source += step * weight;
            weight *= steps.Size;
        }
        return new HeapLabel(batch, source);
    }

    /// <summary>The place on each axis: <c>pol=1, time=17</c>.</summary>
    public static string Describe(LayoutShape shape, int heapIndex)
    {
        var parts = new string[shape.Axes.Length];
        for (int axis = shape.Axes.Length - 1; axis >= 0; axis--)
        {
            LayoutAxis steps = shape.Axes[axis];
            int step = heapIndex % steps.Size;
            heapIndex /= steps.Size;
            parts[axis] = $"{steps.Name}={(step < steps.Labels.Length ? steps.Labels[step] : step)}";
        }
        return string.Join(", ", parts);
    }
}
