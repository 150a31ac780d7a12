using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu.Stages;

/// <summary>
/// Power spectra of real samples: 256 channels, a Hann window, averaged over a chunk, for each source (antenna, polarisation).
/// Small on purpose: it is the worked example of an own kernel in all three languages; <c>Kernels/channelise.cl</c> is the other half.
/// </summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStage"/>; spectra may be read by any thread. <b>Owns:</b> its memory on the
/// device.</remarks>
/// <param name="mostSpectra">Spectra of a source that are computed per chunk, from its beginning; the rest is left out. Default:
/// all. More than 8 are rounded down to a multiple of 8.</param>
public sealed class ChanneliserStage(int mostSpectra = int.MaxValue) : IGpuStage
{
    /// <summary>Channels, from 0 to half the sample rate.</summary>
    public const int Channels = HostChannelise.Channels;

    private const int Length = HostChannelise.Length;
    // Enough groups to fill a GPU, few enough sums to bring back.
    private const int SpectraPerGroup = 8;

    private readonly Lock _reading = new();
    private readonly GpuArguments _arguments = new();
    private readonly List<IDisposable> _tables = [];
    private IGpuKernel? _kernel;
    private GpuMirror<float>? _window, _cosines, _sines;
    private GpuMirror<float>[] _spectra = [];
    private double[] _latest = [];
    private double _scale;
    private int _sources, _groups, _spectraPerGroup;
    private long _sourceSamples;

    /// <summary>The spectrum of a source in the last chunk, as power by channel; a sine of full scale gives about 1 in its
    /// channel. Absent heaps are zeros and are averaged with the others, so what is lost lowers the power by its share.</summary>
    public double[] Spectrum(int source)
    {
        lock (_reading) return _latest.Length == 0 ? new double[Channels] : _latest[(source * Channels)..((source + 1) * Channels)];
    }

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        Measure(pipeline);
        IGpuDevice device = pipeline.Device;
        device.Load(ChanneliserProgram.Instance);
        _kernel = device.Kernel("channelise");
        using IGpuStream stream = device.OpenStream();
        _window = Table(device, stream, Length, at => Window(at));
        _cosines = Table(device, stream, Length / 2, k => Math.Cos(-2 * Math.PI * k / Length));
        _sines = Table(device, stream, Length / 2, k => Math.Sin(-2 * Math.PI * k / Length));
        stream.Finish();
        _spectra = pipeline.MirrorPerSlot<float>(_sources * _groups * Channels, "spectra");
        _latest = new double[_sources * Channels];
    }

    /// <inheritdoc/>
    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        GpuMirror<float> spectra = _spectra[chunk.Slot];
        IGpuBuffer samples = chunk.Samples
            ?? throw RecvException.BadUsage($"the channeliser wants unpacked samples: leave {nameof(GpuSinkOptions)}.{nameof(GpuSinkOptions.Unpacks)} on");
        _arguments.Begin().Add(samples).Add(_window!.Device).Add(_cosines!.Device).Add(_sines!.Device).Add(spectra.Device)
            .Add(_sourceSamples).Add(_groups).Add(_spectraPerGroup);
        stream.Launch(_kernel!, _sources * _groups, Channels, _arguments);
        spectra.Download(stream);
    }

    /// <inheritdoc/>
    public void Complete(GpuChunk chunk)
    {
        ReadOnlySpan<float> sums = _spectra[chunk.Slot].Host;
        lock (_reading)
        {
            Array.Clear(_latest);
            for (int at = 0; at < sums.Length; at++)
                _latest[at / (_groups * Channels) * Channels + at % Channels] += sums[at] * _scale;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tables.ForEach(table => table.Dispose());
        foreach (GpuMirror<float> spectra in _spectra) spectra.Dispose();
    }

    private void Measure(GpuPipeline pipeline)
    {
        SampleFormat? format = SampleFormat.Of(pipeline.Shape);
        bool timeIsFastest = pipeline.Shape.Axes is [.., { Name: "time" }];
        if (format is null || pipeline.Shape.Samples!.Complex || !timeIsFastest)
            throw RecvException.BadUsage($"the channeliser wants real samples of 2 to 16 bits and time as the fastest axis; layout {pipeline.Shape.Name} has not");
        _sources = pipeline.Shape.BatchHeaps;
        _sourceSamples = (long)format.HeapSamples * pipeline.Shape.ChunkBatches;
        int spectra = (int)Math.Min(_sourceSamples / Length, mostSpectra);
        if (spectra < 1) throw RecvException.BadUsage($"the channeliser wants chunks of {Length} samples or more; those of layout {pipeline.Shape.Name} have {_sourceSamples}");
        _spectraPerGroup = Math.Min(spectra, SpectraPerGroup);
        _groups = spectra / _spectraPerGroup;
        double gain = Enumerable.Range(0, Length).Sum(Window) / 2 * format.Limit;
        _scale = 1 / (gain * gain * _groups * _spectraPerGroup);
    }

    private GpuMirror<float> Table(IGpuDevice device, IGpuStream stream, int length, Func<int, double> value)
    {
        var table = new GpuMirror<float>(device, length, "tables of the channeliser");
        _tables.Add(table);
        for (int at = 0; at < length; at++) table.Host[at] = (float)value(at);
        table.Upload(stream);
        return table;
    }

    private static double Window(int at) => 0.5 - 0.5 * Math.Cos(2 * Math.PI * at / Length);
}
