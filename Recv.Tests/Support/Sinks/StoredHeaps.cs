using System.Security.Cryptography;
using Recv.Layouts;
using Recv.Sinks.File;

namespace Recv.Tests.Support.Sinks;

/// <summary>
/// The heaps that a run stored with <c>--sink file:</c>, each with its time and its bytes, wherever in the chunk its layout put it. Two
/// layouts that differ in the order of their axes or the length of their chunks store the same.
/// </summary>
internal static class StoredHeaps
{
    /// <summary>In the order of their times.</summary>
    public static IReadOnlyList<(long Time, string Hash)> In(string folder) => [.. StoredChunk.In(folder).SelectMany(Of).Order()];

    private static IEnumerable<(long Time, string Hash)> Of(string sidecar)
    {
        StoredChunk chunk = StoredChunk.Read(sidecar);
        int bytes = (int)chunk.Sidecar.HeapBytes;
        for (int heap = 0; heap < chunk.Present.Length; heap++)
        {
            if (chunk.Present[heap] == 0) continue;
            yield return (chunk.Sidecar.Timestamp + Batch(chunk.Sidecar.Axes, heap) * chunk.Sidecar.HeapTimestampStep,
                Convert.ToHexStringLower(SHA256.HashData(chunk.Data.AsSpan(heap * bytes, bytes))));
        }
    }

    /// <summary>The coordinate of a heap along the axis of time.</summary>
    private static long Batch(IReadOnlyList<ChunkSidecar.Axis> axes, int heap)
    {
        for (int axis = axes.Count - 1; axis >= 0; heap /= axes[axis].Size, axis--)
            if (axes[axis].Name == LayoutShape.TimeAxis) return heap % axes[axis].Size;
        throw new InvalidOperationException("a layout without time");
    }
}
