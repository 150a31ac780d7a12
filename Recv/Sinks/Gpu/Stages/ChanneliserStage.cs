using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu.Stages;

/// <summary>
/// Power spectra of real samples: 256 channels, a Hann window, averaged over a chunk, for each source (antenna, polarisation).
/// Small on purpose: it is the worked example of an own kernel in all three languages; <c>Kernels/channelise.cl</c> is the other half.
/// </summary>
/// <remarks>
/// <para>A spectrum that has samples of an absent heap (in packet presence mode: of an absent packet) is left out of the average, which
/// says how many went in: <see cref="PowerSpectrum.Spectra"/>.</para>
/// <para><b>Threading:</b> as <see cref="IGpuStage"/>; spectra may be read by any thread. <b>Owns:</b> its memory on the
/// device.</para>
/// </remarks>
/// <param name="mostSpectra">Spectra of a source that are computed per chunk, from its beginning, 1 or more; the rest is left out.
/// Default: all.</param>
public sealed class ChanneliserStage(int mostSpectra = int.MaxValue) : IGpuStage
{
    /// <summary>Channels, from 0 to half the sample rate.</summary>
    public const int Channels = HostChannelise.Channels;

    private const int Length = HostChannelise.Length;
    // Enough groups to fill a GPU, few enough sums to bring back.
    private const int MostSpectraPerGroup = 8;

    private readonly Lock _reading = new();
    private readonly GpuArguments _arguments = new();
    private readonly List<IDisposable> _tables = [];
    private IGpuKernel? _kernel;
    private GpuMirror<float>? _window, _cosines, _sines;
    private GpuMirror<int>? _touched;
    private GpuMirror<float>[] _power = [];
    private GpuMirror<uint>[] _counts = [];
    private double[] _sums = [];
    private int[] _summed = [];
    private double _scale;
    private int _sources, _sourceSpectra, _sourceEntries, _spectraPerGroup, _groups;
    private long _sourceSamples, _chunkId = -1;

    /// <inheritdoc/>
    public bool NeedsSamples => true;

    /// <summary>The spectrum of a source (its index in a batch) in the last chunk.</summary>
    public PowerSpectrum Spectrum(int source)
    {
        lock (_reading)
        {
            if (_chunkId < 0) return new PowerSpectrum(_chunkId, new double[Channels], 0, _sourceSpectra);
            int spectra = _summed[source];
            double scale = spectra == 0 ? 0 : _scale / spectra;
            double[] power = [.. _sums.AsSpan(source * Channels, Channels)];
            for (int channel = 0; channel < Channels; channel++) power[channel] *= scale;
            return new PowerSpectrum(_chunkId, power, spectra, _sourceSpectra);
        }
    }

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        SampleFormat format = Measure(pipeline);
        IGpuDevice device = pipeline.Device;
        device.Load(ChanneliserProgram.Instance);
        _kernel = device.Kernel("channelise");
        using IGpuStream stream = device.OpenStream();
        _window = Table(device, stream, Length, at => (float)Window(at));
        _cosines = Table(device, stream, Length / 2, k => (float)Math.Cos(-2 * Math.PI * k / Length));
        _sines = Table(device, stream, Length / 2, k => (float)Math.Sin(-2 * Math.PI * k / Length));
        _touched = Table(device, stream, 2 * _sourceSpectra,
            at => EntryOf(pipeline, format, (at + 1) / 2 * (long)Length, before: at % 2 == 1));
        stream.Finish();
        _power = pipeline.MirrorPerSlot<float>(_sources * _groups * Channels, "spectra");
        _counts = pipeline.MirrorPerSlot<uint>(_sources * _groups, "numbers of spectra");
        _sums = new double[_sources * Channels];
        _summed = new int[_sources];
    }

    /// <inheritdoc/>
    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        GpuMirror<float> power = _power[chunk.Slot];
        GpuMirror<uint> counts = _counts[chunk.Slot];
        _arguments.Begin().Add(chunk.Samples!).Add(chunk.Buffer).Add(chunk.PresentAt).Add(_touched!.Device).Add(_window!.Device)
            .Add(_cosines!.Device).Add(_sines!.Device).Add(power.Device).Add(counts.Device).Add(_sourceSamples).Add(_sourceEntries)
            .Add(_sourceSpectra).Add(_spectraPerGroup);
        stream.Launch(_kernel!, counts.Length, Channels, _arguments);
        power.Download(stream);
        counts.Download(stream);
    }

    /// <inheritdoc/>
    public void Complete(GpuChunk chunk)
    {
        ReadOnlySpan<float> power = _power[chunk.Slot].Host;
        ReadOnlySpan<uint> counts = _counts[chunk.Slot].Host;
        lock (_reading)
        {
            _chunkId = chunk.Id;
            Array.Clear(_sums);
            Array.Clear(_summed);
            for (int group = 0; group < counts.Length; group++)
            {
                _summed[group / _groups] += (int)counts[group];
                Span<double> sums = _sums.AsSpan(group / _groups * Channels, Channels);
                for (int channel = 0; channel < Channels; channel++) sums[channel] += power[group * Channels + channel];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tables.ForEach(table => table.Dispose());
        Array.ForEach(_power, mirror => mirror.Dispose());
        Array.ForEach(_counts, mirror => mirror.Dispose());
    }

    private SampleFormat Measure(GpuPipeline pipeline)
    {
        if (mostSpectra < 1) throw RecvException.BadUsage($"a channeliser of {mostSpectra} spectra per chunk: give 1 or more");
        SampleFormat? format = SampleFormat.Of(pipeline.Shape);
        bool timeIsFastest = pipeline.Shape.Axes is [.., { Name: "time" }];
        if (format is null || pipeline.Shape.Samples!.Complex || !timeIsFastest)
            throw RecvException.BadUsage(
                $"the channeliser wants real samples of 2 to 16 bits and time as the fastest axis; layout {pipeline.Shape.Name} has not");
        _sources = pipeline.Shape.BatchHeaps;
        _sourceSamples = (long)format.HeapSamples * pipeline.Shape.ChunkBatches;
        _sourceEntries = pipeline.Shape.ChunkBatches * pipeline.EntriesPerHeap;
        _sourceSpectra = (int)Math.Min(_sourceSamples / Length, mostSpectra);
        if (_sourceSpectra < 1)
            throw RecvException.BadUsage(
                $"the channeliser wants chunks of {Length} samples or more; those of layout {pipeline.Shape.Name} have {_sourceSamples}");
        _spectraPerGroup = Math.Min(_sourceSpectra, MostSpectraPerGroup);
        _groups = (_sourceSpectra + _spectraPerGroup - 1) / _spectraPerGroup;
        double gain = Enumerable.Range(0, Length).Sum(Window) / 2 * format.Limit;
        _scale = 1 / (gain * gain);
        return format;
    }

    // The entry of a source's part of the mask that holds the first bit of a sample, or the last bit before it.
    private static int EntryOf(GpuPipeline pipeline, SampleFormat format, long sample, bool before)
    {
        long heapBits = (long)format.HeapSamples * format.Bits, bit = sample * format.Bits - (before ? 1 : 0);
        long entryBits = pipeline.PacketBytes == 0 ? heapBits : 8L * pipeline.PacketBytes;
        return checked((int)(bit / heapBits * pipeline.EntriesPerHeap + bit % heapBits / entryBits));
    }

    private GpuMirror<T> Table<T>(IGpuDevice device, IGpuStream stream, int length, Func<int, T> value) where T : unmanaged
    {
        var table = new GpuMirror<T>(device, length, "tables of the channeliser");
        _tables.Add(table);
        for (int at = 0; at < length; at++) table.Host[at] = value(at);
        table.Upload(stream);
        return table;
    }

    private static double Window(int at) => 0.5 - 0.5 * Math.Cos(2 * Math.PI * at / Length);
}

/// <summary>The power spectrum of one source, averaged over the spectra of one chunk that are there.</summary>
/// <param name="ChunkId">Number of the chunk; -1 before the first.</param>
/// <param name="Power">Power by channel, of which a sine of full scale gives about 1 in its own; zeros when there was no spectrum.</param>
/// <param name="Spectra">Spectra in the average: all samples of each were there.</param>
/// <param name="SpectraPerChunk">Spectra in the average of a chunk of which nothing is absent.</param>
/// <remarks><b>Threading:</b> belongs to who asked for it.</remarks>
public sealed record PowerSpectrum(long ChunkId, double[] Power, int Spectra, int SpectraPerChunk);
