using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks.Gpu.Stages;

namespace Recv.Sinks.Gpu.Host;

/// <summary>What <see cref="StatisticsStage"/> finds, in C#: heap by heap, so that unpacked samples stay in a cache.</summary>
/// <remarks><b>Threading:</b> as <see cref="IHostStage"/>; what it found may be read by any thread. A layout whose samples cannot be
/// unpacked has no statistics.</remarks>
public sealed class HostStatistics : IHostStage
{
    private SampleFormat? _format;
    private PolarisationTally? _tally;
    private float[] _samples = [];
    private float[] _power = [];
    private uint[] _clipped = [];
    private uint[] _binCounts = [];

    /// <inheritdoc/>
    public string? Progress => _tally?.Progress;

    /// <summary>What is known of each polarisation.</summary>
    public IReadOnlyList<PolarisationStatistics> Latest => _tally?.Latest ?? [];

    /// <summary>As <see cref="StatisticsStage.Histogram"/>.</summary>
    public long[] Histogram(int polarisation) => _tally?.Histogram(polarisation) ?? [];

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        _format = SampleFormat.Of(shape);
        if (_format is null) return;
        var tally = new PolarisationTally(shape, _format);
        _samples = new float[_format.HeapSamples];
        _power = new float[shape.ChunkHeaps];
        _clipped = new uint[shape.ChunkHeaps];
        _binCounts = new uint[tally.Count * PolarisationTally.Bins];
        _tally = tally;
    }

    /// <inheritdoc/>
    public void Take(Chunk chunk)
    {
        if (_tally is null) return;
        Array.Clear(_binCounts);
        for (int heap = 0; heap < _power.Length; heap++)
        {
            (_power[heap], _clipped[heap]) = (0, 0);
            // In packet presence mode what did not come of a heap is zeros.
            if (!chunk.Present.Slice(heap * chunk.PacketsPerHeap, chunk.PacketsPerHeap).Contains((byte)1)) continue;
            Unpack(chunk, heap, _format!, 0, _samples);
            Span<uint> bins = _binCounts.AsSpan(_tally.OfHeaps[heap] * PolarisationTally.Bins, PolarisationTally.Bins);
            _power[heap] = HostPower.Of(_samples, _format!.Limit, out _clipped[heap]);
            HostPower.Count(_samples, _format.BinScale, bins);
        }
        _tally.Add(_power, _clipped, _binCounts);
    }

    /// <summary>Samples of a heap from <paramref name="first"/> on, a multiple of 4.</summary>
    internal static void Unpack(Chunk chunk, int heap, SampleFormat format, int first, Span<float> samples)
    {
        long at = chunk.Shape.HeapOffset(heap) + (long)first * format.Bits / 8;
        HostUnpack.Unpack(chunk.Slice(at, checked((int)((long)samples.Length * format.Bits / 8))), samples, format.Bits);
    }
}
