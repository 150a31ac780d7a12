using System.Globalization;
using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu.Stages;

/// <summary>
/// Power, clipped samples and a histogram of the samples for each polarisation (the layout's axis <c>pol</c>; without one, all together).
/// </summary>
/// <remarks>
/// <b>Threading:</b> as <see cref="IGpuStage"/>; what it found may be read by any thread. <b>Owns:</b> its memory on the device. A
/// layout whose samples the first stage does not unpack has no statistics.
/// </remarks>
public sealed class StatisticsStage : IGpuStage
{
    /// <summary>Bins of a histogram: the samples' values, of more than 8 bits the upper 8.</summary>
    public const int Bins = HostStatistics.Bins;

    private const string PolarisationAxis = "pol";

    private readonly Lock _reading = new();
    private readonly GpuArguments _arguments = new();
    private GpuPipeline? _pipeline;
    private SampleFormat? _format;
    private IGpuKernel? _kernel;
    private GpuMirror<int>? _polarisations;
    private GpuMirror<float>[] _power = [];
    private GpuMirror<uint>[] _clipped = [];
    private GpuMirror<uint>[] _binCounts = [];
    private PolarisationStatistics[] _latest = [];
    private long[] _histograms = [];

    /// <inheritdoc/>
    public string? Progress => _latest.Length == 0 ? null : string.Join(", ", Latest.Select((now, pol) => string.Create(
        CultureInfo.InvariantCulture, $"pol {pol} {now.PowerDbfs:F1} dBFS, {now.TotalClipped} clipped")));

    /// <summary>What is known of each polarisation.</summary>
    public IReadOnlyList<PolarisationStatistics> Latest
    {
        get
        {
            lock (_reading) return [.. _latest];
        }
    }

    /// <summary>Counts per bin of one polarisation since the start; bin <see cref="Bins"/> / 2 begins at sample 0.</summary>
    public long[] Histogram(int polarisation)
    {
        lock (_reading) return _histograms[(polarisation * Bins)..((polarisation + 1) * Bins)];
    }

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        _pipeline = pipeline;
        _format = SampleFormat.Of(pipeline.Shape);
        if (_format is null) return;
        IGpuDevice device = pipeline.Device;
        device.Load(FirstStageProgram.Instance);
        _kernel = device.Kernel("statistics");
        int heaps = pipeline.Shape.ChunkHeaps, polarisations = pipeline.SizeOf(PolarisationAxis);
        _polarisations = new GpuMirror<int>(device, heaps, "polarisations of heaps");
        for (int heap = 0; heap < heaps; heap++) _polarisations.Host[heap] = pipeline.StepOf(PolarisationAxis, heap);
        using (IGpuStream stream = device.OpenStream())
        {
            _polarisations.Upload(stream);
            stream.Finish();
        }
        _power = pipeline.MirrorPerSlot<float>(heaps, "power of heaps");
        _clipped = pipeline.MirrorPerSlot<uint>(heaps, "clipped samples of heaps");
        _binCounts = pipeline.MirrorPerSlot<uint>(polarisations * Bins, "histograms");
        _latest = new PolarisationStatistics[polarisations];
        _histograms = new long[polarisations * Bins];
    }

    /// <inheritdoc/>
    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        if (chunk.Samples is not { } samples || _format is null) return;
        GpuPipeline pipeline = _pipeline!;
        GpuMirror<float> power = _power[chunk.Slot];
        GpuMirror<uint> clipped = _clipped[chunk.Slot], counts = _binCounts[chunk.Slot];
        stream.Clear(counts.Device, 0, counts.Device.Bytes);
        _arguments.Begin().Add(samples).Add(chunk.Buffer).Add(chunk.PresentAt).Add(pipeline.EntriesPerHeap).Add(_format.HeapSamples)
            .Add(_format.Limit).Add(_format.Bits > 8 ? 1f / (1 << _format.Bits - 8) : 1f).Add(_polarisations!.Device)
            .Add(power.Device).Add(clipped.Device).Add(counts.Device);
        stream.Launch(_kernel!, pipeline.Shape.ChunkHeaps, pipeline.Device.Properties.IsProcessor ? 1 : FirstStage.GroupSize, _arguments);
        power.Download(stream);
        clipped.Download(stream);
        counts.Download(stream);
    }

    /// <inheritdoc/>
    public void Complete(GpuChunk chunk)
    {
        if (chunk.Samples is null || _format is null) return;
        lock (_reading)
        {
            for (int pol = 0; pol < _latest.Length; pol++)
            {
                Span<uint> histogram = _binCounts[chunk.Slot].Host.Slice(pol * Bins, Bins);
                long samples = 0;
                for (int bin = 0; bin < Bins; bin++)
                {
                    samples += histogram[bin];
                    _histograms[pol * Bins + bin] += histogram[bin];
                }
                _latest[pol] = Sum(chunk.Slot, pol, samples);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _polarisations?.Dispose();
        Array.ForEach(_power, mirror => mirror.Dispose());
        Array.ForEach(_clipped, mirror => mirror.Dispose());
        Array.ForEach(_binCounts, mirror => mirror.Dispose());
    }

    private PolarisationStatistics Sum(int slot, int polarisation, long samples)
    {
        double power = 0;
        long clipped = 0;
        ReadOnlySpan<int> polarisations = _polarisations!.Host;
        for (int heap = 0; heap < polarisations.Length; heap++)
        {
            if (polarisations[heap] != polarisation) continue;
            power += _power[slot].Host[heap];
            clipped += _clipped[slot].Host[heap];
        }
        return new PolarisationStatistics(
            samples, samples == 0 ? 0 : power / samples, clipped, _format!.Limit, _latest[polarisation].TotalClipped + clipped);
    }
}

/// <summary>What the samples of one polarisation in the last chunk were like. Each part of a complex sample counts.</summary>
/// <param name="Samples">Samples of present heaps.</param>
/// <param name="MeanPower">Mean of their squares.</param>
/// <param name="Clipped">At the largest value or beyond, in either direction.</param>
/// <param name="Limit">The largest value.</param>
/// <param name="TotalClipped">Clipped samples of all chunks so far.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct PolarisationStatistics(long Samples, double MeanPower, long Clipped, float Limit, long TotalClipped)
{
    /// <summary>Power in decibels, a sine of full scale being 0.</summary>
    public double PowerDbfs => 10 * Math.Log10(2 * MeanPower / ((double)Limit * Limit));
}
