using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sensors;

/// <summary>Counts the present heaps of a chunk for each step of one axis.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class AxisPresence
{
    private readonly int _inner;

    /// <summary>Counts along an axis of a layout; without an axis of that name there is one count, of everything.</summary>
    public AxisPresence(LayoutShape shape, string axis)
    {
        LayoutAxis? found = shape.Axes.FirstOrDefault(candidate => candidate.Name == axis);
        Labels = found is null ? [""] : [.. Enumerable.Range(0, found.Size).Select(i => i < found.Labels.Length ? found.Labels[i] : $"{i}")];
        // Heap indexes count the axes in memory order: those behind this one are the inner ones.
        _inner = shape.Axes.SkipWhile(candidate => candidate.Name != axis).Skip(1).Aggregate(1, (size, candidate) => size * candidate.Size);
        if (found is null) _inner = shape.ChunkHeaps;
    }

    /// <summary>Of the steps of the axis.</summary>
    public string[] Labels { get; }

    /// <summary>Adds the ones of the mask to <paramref name="counts"/>, one entry per label. Packets count, in packet presence mode.</summary>
    public void Add(Chunk chunk, Span<long> counts)
    {
        ReadOnlySpan<byte> present = chunk.Present;
        int run = _inner * chunk.PacketsPerHeap;
        for (int at = 0, step = 0; at < present.Length; at += run, step = (step + 1) % Labels.Length)
        {
            long count = 0;
            foreach (byte entry in present.Slice(at, run)) count += entry;
            counts[step] += count;
        }
    }
}
