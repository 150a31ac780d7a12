using ILGPU;
using ILGPU.Runtime;
using Recv.Sinks.Gpu;

namespace Recv.Tests.Sinks.Gpu.Samples;

/// <summary>
/// A larger sample, with shared memory and barriers: power spectra of real samples, 256 channels, a Hann window, summed over the spectra of
/// each source that are whole. Of a layout whose fastest axis is time.
/// </summary>
public sealed class ChanneliserStage : IGpuStage
{
    public const int Length = 512;
    public const int Channels = Length / 2;

    private Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<byte>, ArrayView<int>, ArrayView<float>, ArrayView<float>,
        ArrayView<float>,
        ArrayView<float>, ArrayView<uint>, Sources>? _kernel;
    private GpuMirror<float>? _window, _cosines, _sines;
    private GpuMirror<int>? _touched;
    private GpuMirror<float>[] _power = [];
    private GpuMirror<uint>[] _counts = [];
    private Sources _sources;
    private int _groups;

    public bool NeedsSamples => true;

    /// <summary>Of the last chunk: sums of power by source and channel, and the spectra that went into them by source.</summary>
    public (float[] Power, uint[] Spectra) Latest { get; private set; } = ([], []);

    public void Start(GpuPipeline pipeline)
    {
        int samples = pipeline.HeapSamples * pipeline.Shape.ChunkBatches, spectra = samples / Length;
        _sources = new Sources { Samples = samples, Entries = pipeline.Shape.ChunkBatches * pipeline.EntriesPerHeap, Spectra = spectra };
        _groups = pipeline.Shape.BatchHeaps;
        _kernel = pipeline.Accelerator.LoadKernel<ArrayView<float>, ArrayView<byte>, ArrayView<int>, ArrayView<float>, ArrayView<float>,
            ArrayView<float>,
            ArrayView<float>, ArrayView<uint>, Sources>(Channelise);
        _window = pipeline.Table(Values(Length, at => 0.5 - 0.5 * Math.Cos(2 * Math.PI * at / Length)), "a window");
        _cosines = pipeline.Table(Values(Channels, k => Math.Cos(-2 * Math.PI * k / Length)), "cosines");
        _sines = pipeline.Table(Values(Channels, k => Math.Sin(-2 * Math.PI * k / Length)), "sines");
        int entrySamples = pipeline.HeapSamples / pipeline.EntriesPerHeap;
        _touched = pipeline.Table<int>(
            [.. Enumerable.Range(0, 2 * spectra).Select(at => ((at + 1) / 2 * Length - at % 2) / entrySamples)], "entries");
        _power = pipeline.MirrorPerSlot<float>(_groups * Channels, "spectra");
        _counts = pipeline.MirrorPerSlot<uint>(_groups, "numbers of spectra");
    }

    public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
    {
        GpuMirror<float> power = _power[chunk.Slot];
        GpuMirror<uint> counts = _counts[chunk.Slot];
        _kernel!(stream, new KernelConfig(_groups, Channels), chunk.Samples, chunk.Present, _touched!.Device, _window!.Device,
            _cosines!.Device, _sines!.Device,
            power.Device, counts.Device, _sources);
        power.Download(stream);
        counts.Download(stream);
    }

    public void Complete(GpuChunk chunk) => Latest = (_power[chunk.Slot].Host.ToArray(), _counts[chunk.Slot].Host.ToArray());

    public void Dispose()
    {
        foreach (IDisposable? table in (IDisposable?[])[_window, _cosines, _sines, _touched, .. _power, .. _counts]) table?.Dispose();
    }

    // A group of 256 per source. Spectrum n lies in the entries touched[2 n] to touched[2 n + 1] of the source's part of the mask.
    internal static void Channelise(
        ArrayView<float> samples, ArrayView<byte> present, ArrayView<int> touched, ArrayView<float> window, ArrayView<float> cosines,
            ArrayView<float> sines,
        ArrayView<float> power, ArrayView<uint> counts, Sources sources)
    {
        ArrayView<float> re = SharedMemory.Allocate<float>(Length), im = SharedMemory.Allocate<float>(Length);
        int source = Grid.IdxX, item = Group.IdxX;
        float sum = 0;
        uint count = 0;
        for (int spectrum = 0; spectrum < sources.Spectra; spectrum++)
        {
            bool whole = true;
            for (int entry = touched[2 * spectrum]; entry <= touched[2 * spectrum + 1]; entry++) whole &= present[source * sources.Entries
                + entry] != 0;
            // All of the group together: nobody is left alone at a barrier.
            if (!whole) continue;
            for (int at = item; at < Length; at += Channels)
            {
                int reversed = 0;
                for (int bit = 0; bit < 9; bit++) reversed |= (at >> bit & 1) << 8 - bit;
                re[reversed] = samples[(long)source * sources.Samples + spectrum * Length + at] * window[at];
                im[reversed] = 0;
            }
            Group.Barrier();
            for (int span = 1; span < Length; span *= 2)
            {
                int k = item & span - 1, even = 2 * item - k, odd = even + span;
                float c = cosines[k * (Channels / span)], s = sines[k * (Channels / span)];
                float oddRe = re[odd] * c - im[odd] * s, oddIm = re[odd] * s + im[odd] * c;
                re[odd] = re[even] - oddRe;
                im[odd] = im[even] - oddIm;
                re[even] += oddRe;
                im[even] += oddIm;
                Group.Barrier();
            }
            sum += re[item] * re[item] + im[item] * im[item];
            count++;
            Group.Barrier();
        }
        power[source * Channels + item] = sum;
        if (item == 0) counts[source] = count;
    }

    private static float[] Values(int length, Func<int, double> value) => [.. Enumerable.Range(0, length).Select(at => (float)value(at))];

    /// <summary>Of each source.</summary>
    public struct Sources
    {
        public int Samples;
        public int Entries;
        public int Spectra;
    }
}
