using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Gpu.Host;

/// <summary>
/// Power spectra of real samples: 256 channels, a Hann window, averaged over a chunk, for each source (antenna, polarisation). A spectrum
/// that has samples of an absent heap (in packet presence mode: of an absent packet) is left out of the average, which says how many
/// went in: <see cref="PowerSpectrum.Spectra"/>.
/// </summary>
/// <remarks><b>Threading:</b> as <see cref="IHostStage"/>; spectra may be read by any thread.</remarks>
/// <param name="mostSpectra">Spectra of a source that are computed per chunk, from its beginning, 1 or more; the rest is left out.
/// Default: all.</param>
public sealed class HostSpectrum(int mostSpectra = int.MaxValue) : IHostStage
{
    /// <summary>Channels, from 0 to half the sample rate.</summary>
    public const int Channels = HostFourier.Channels;

    private const int Length = HostFourier.Length;
    // Few enough that floats add up well.
    private const int SpectraPerSum = 8;

    private static readonly float[] Hann = [
        .. Enumerable.Range(0, Length).Select(at => (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * at / Length)))];

    private readonly Lock _reading = new();
    private readonly float[] _samples = new float[Length];
    private readonly float[] _power = new float[Channels];
    private SampleFormat? _format;
    private double[] _sums = [];
    private int[] _summed = [];
    private double _scale;
    private int _spectra;
    private long _chunkId = -1;

    /// <summary>The spectrum of a source (its index in a batch) in the last chunk.</summary>
    public PowerSpectrum Spectrum(int source)
    {
        lock (_reading)
        {
            if (_chunkId < 0) return new PowerSpectrum(_chunkId, new double[Channels], 0, _spectra);
            int spectra = _summed[source];
            double scale = spectra == 0 ? 0 : _scale / spectra;
            return new PowerSpectrum(
                _chunkId, [.. _sums.AsSpan(source * Channels, Channels).ToArray().Select(sum => sum * scale)], spectra, _spectra);
        }
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (mostSpectra < 1) throw RecvException.BadUsage($"{mostSpectra} spectra per chunk: give 1 or more");
        _format = SampleFormat.Of(shape);
        bool timeIsFastest = shape.Axes is [.., { Name: "time" }];
        if (_format is null || shape.Samples!.Complex || !timeIsFastest)
            throw RecvException.BadUsage(
                $"spectra need real samples of 2 to 16 bits and time as the fastest axis; layout {shape.Name} has not");
        long sourceSamples = (long)_format.HeapSamples * shape.ChunkBatches;
        _spectra = (int)Math.Min(sourceSamples / Length, mostSpectra);
        if (_spectra < 1)
            throw RecvException.BadUsage(
                $"spectra need chunks of {Length} samples or more; those of layout {shape.Name} have {sourceSamples}");
        _sums = new double[shape.BatchHeaps * Channels];
        _summed = new int[shape.BatchHeaps];
        double gain = Hann.Sum(weight => (double)weight) / 2 * _format.Limit;
        _scale = 1 / (gain * gain);
    }

    /// <inheritdoc/>
    public void Take(Chunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        lock (_reading)
        {
            _chunkId = chunk.Id;
            Array.Clear(_sums);
            Array.Clear(_summed);
            for (int source = 0; source < _summed.Length; source++) Add(chunk, source);
        }
    }

    private void Add(Chunk chunk, int source)
    {
        Span<double> sums = _sums.AsSpan(source * Channels, Channels);
        for (int first = 0; first < _spectra; first += SpectraPerSum)
        {
            Array.Clear(_power);
            for (int spectrum = first; spectrum < Math.Min(first + SpectraPerSum, _spectra); spectrum++)
            {
                if (!TryUnpack(chunk, source, (long)spectrum * Length)) continue;
                HostFourier.AddPower(_samples, Hann, _power);
                _summed[source]++;
            }
            for (int channel = 0; channel < Channels; channel++) sums[channel] += _power[channel];
        }
    }

    // The samples of a spectrum, which may lie in several heaps; false if a part of them is absent.
    private bool TryUnpack(Chunk chunk, int source, long first)
    {
        int heapSamples = _format!.HeapSamples;
        for (int done = 0; done < Length;)
        {
            int heap = source * chunk.Shape.ChunkBatches + (int)((first + done) / heapSamples), from = (int)((first + done) % heapSamples);
            int count = Math.Min(Length - done, heapSamples - from);
            if (!IsPresent(chunk, heap, from, count)) return false;
            HostStatistics.Unpack(chunk, heap, _format, from, _samples.AsSpan(done, count));
            done += count;
        }
        return true;
    }

    private bool IsPresent(Chunk chunk, int heap, int from, int count)
    {
        long entryBits = chunk.PacketBytes == 0 ? chunk.Shape.HeapBytes * 8 : 8L * chunk.PacketBytes;
        int firstEntry = (int)(from * (long)_format!.Bits / entryBits),
            lastEntry = (int)(((from + count) * (long)_format.Bits - 1) / entryBits);
        return !chunk.Present.Slice(heap * chunk.PacketsPerHeap + firstEntry, lastEntry - firstEntry + 1).Contains((byte)0);
    }
}

/// <summary>The power spectrum of one source, averaged over the spectra of one chunk that are there.</summary>
/// <param name="ChunkId">Number of the chunk; -1 before the first.</param>
/// <param name="Power">Power by channel, of which a sine of full scale gives about 1 in its own; zeros when there was no spectrum.</param>
/// <param name="Spectra">Spectra in the average: all samples of each were there.</param>
/// <param name="SpectraPerChunk">Spectra in the average of a chunk of which nothing is absent.</param>
/// <remarks><b>Threading:</b> belongs to who asked for it.</remarks>
public sealed record PowerSpectrum(long ChunkId, double[] Power, int Spectra, int SpectraPerChunk);
