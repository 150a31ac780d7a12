using System.Collections.Immutable;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Metrics;

namespace Recv.Sensors;

/// <summary>Counts what is present of each polarisation of a layout; of all together where it has no such axis.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class PolarisationPresence
{
    private const string Axis = "pol";

    private readonly ImmutableArray<HeapRun> _runs;
    private readonly int[] _polarisationOfSet;

    public PolarisationPresence(LayoutShape shape)
    {
        var labels = new HeapLabels(shape);
        int at = labels.Names.IndexOf(Axis);
        string[] ofSet = [.. labels.Sets.Select(set => at < 0 ? "" : set[at])];
        Labels = [.. ofSet.Distinct()];
        _polarisationOfSet = [.. ofSet.Select(label => Labels.IndexOf(label))];
        _runs = labels.Runs;
    }

    /// <summary>Of the polarisations; one empty label where there are none.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Adds the heaps (packets, in packet presence mode) of a chunk to the counts of their polarisations.</summary>
    public void Add(Chunk chunk, Span<long> counts)
    {
        ReadOnlySpan<byte> present = chunk.Present;
        foreach (HeapRun run in _runs)
        {
            int count = 0;
            foreach (byte entry in present.Slice(run.First * chunk.PacketsPerHeap, run.Heaps * chunk.PacketsPerHeap)) count += entry;
            counts[_polarisationOfSet[run.Set]] += count;
        }
    }
}
