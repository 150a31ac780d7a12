using System.Globalization;
using Recv.Layouts;

namespace Recv.Sinks.Gpu.Stages;

/// <summary>Power, clipped samples and histograms, from what was found of each heap to what is said of each polarisation (the layout's
/// axis <c>pol</c>; without one, of all together).</summary>
/// <remarks><b>Threading:</b> one thread adds, any reads.</remarks>
internal sealed class PolarisationTally
{
    public const int Bins = Kernels.GpuKernels.Bins;

    private const string Axis = "pol";

    private readonly Lock _reading = new();
    private readonly PolarisationStatistics[] _latest;
    private readonly long[] _histograms;
    private readonly float _limit;

    public PolarisationTally(LayoutShape shape, SampleFormat format)
    {
        _limit = format.Limit;
        Count = shape.Axes.FirstOrDefault(axis => axis.Name == Axis)?.Size ?? 1;
        OfHeaps = [.. Enumerable.Range(0, shape.ChunkHeaps).Select(heap => StepOf(shape, heap))];
        _latest = new PolarisationStatistics[Count];
        _histograms = new long[Count * Bins];
    }

    /// <summary>Polarisations.</summary>
    public int Count { get; }

    /// <summary>The polarisation of each heap.</summary>
    public int[] OfHeaps { get; }

    /// <summary>What is known of each polarisation.</summary>
    public IReadOnlyList<PolarisationStatistics> Latest
    {
        get
        {
            lock (_reading) return [.. _latest];
        }
    }

    /// <summary>In a few words.</summary>
    public string Progress => string.Join(", ", Latest.Select((now, pol) => string.Create(
        CultureInfo.InvariantCulture, $"pol {pol} {now.PowerDbfs:F1} dBFS, {now.TotalClipped} clipped")));

    /// <summary>Counts per bin of one polarisation since the start.</summary>
    public long[] Histogram(int polarisation)
    {
        lock (_reading) return _histograms[(polarisation * Bins)..((polarisation + 1) * Bins)];
    }

    /// <summary>What was found in a chunk: by heap, and <see cref="Bins"/> counts for each polarisation.</summary>
    public void Add(ReadOnlySpan<float> power, ReadOnlySpan<uint> clipped, ReadOnlySpan<uint> binCounts)
    {
        lock (_reading)
        {
            for (int at = 0; at < binCounts.Length; at++) _histograms[at] += binCounts[at];
            for (int pol = 0; pol < Count; pol++) _latest[pol] = Sum(pol, power, clipped, binCounts.Slice(pol * Bins, Bins));
        }
    }

    private PolarisationStatistics Sum(int pol, ReadOnlySpan<float> power, ReadOnlySpan<uint> clipped, ReadOnlySpan<uint> binCounts)
    {
        double powers = 0;
        long clips = 0, samples = 0;
        for (int heap = 0; heap < power.Length; heap++)
        {
            if (OfHeaps[heap] != pol) continue;
            powers += power[heap];
            clips += clipped[heap];
        }
        foreach (uint count in binCounts) samples += count;
        return new PolarisationStatistics(samples, samples == 0 ? 0 : powers / samples, clips, _limit, _latest[pol].TotalClipped + clips);
    }

    private static int StepOf(LayoutShape shape, int heap)
    {
        for (int axis = shape.Axes.Length - 1; axis >= 0; axis--)
        {
            int step = heap % shape.Axes[axis].Size;
            if (shape.Axes[axis].Name == Axis) return step;
            heap /= shape.Axes[axis].Size;
        }
        return 0;
    }
}
