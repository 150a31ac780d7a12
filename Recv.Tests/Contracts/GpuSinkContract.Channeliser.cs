using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Contracts;

/// <summary>The channeliser as a stage: chunks with holes in them, of lengths that divide by nothing.</summary>
public abstract partial class GpuSinkContract
{
    private const int SpectrumSamples = 512;
    private const int ToneChannel = 32;

    // 11 heaps of 500 samples a source: 10 spectra, of which none begins or ends with a heap but the first, and 380 samples left over.
    private static LayoutShape ToneShape { get; } = GpuRun.Shape with
    {
        HeapBytes = 625,
        ChunkBytes = 22 * 625,
        ChunkBatches = 11,
        HeapTimestampStep = 500,
        Axes = [new LayoutAxis("pol", 2, 11 * 625, []), new LayoutAxis("time", 11, 625, [])],
    };

    [ContractFact]
    public void EverySpectrumOfAChunkIsAveragedButThoseOfAbsentHeaps()
    {
        using var channeliser = new ToneRun(Open(), packetBytes: 0);
        PowerSpectrum[] whole = channeliser.SpectraOf(absent: []);
        Assert.All(whole, spectrum => Assert.Equal((10, 10), (spectrum.Spectra, spectrum.SpectraPerChunk)));
        // Heap 2 of source 0 has samples 1000 to 1499: of spectra 1 and 2. The last heap of source 1 begins with sample 5000: of
        // spectrum 9. Its heap 5 has 2500 to 2999: of spectra 4 (to 2559) and 5.
        PowerSpectrum[] holed = channeliser.SpectraOf(absent: [2, 11 + 5, 11 + 10]);
        Assert.Equal([8, 7], holed.Select(spectrum => spectrum.Spectra));
        Assert.Equal(whole[0].ChunkId + 1, holed[0].ChunkId);
        // What is lost takes nothing from the power of what is there.
        for (int source = 0; source < 2; source++) AssertTone(whole[source].Power, holed[source].Power);
    }

    [ContractFact]
    public void OfAHeapWithAnAbsentPacketOnlyTheSpectraOfThatPacketAreLeftOut()
    {
        // Five packets of 100 samples a heap.
        using var channeliser = new ToneRun(Open(), packetBytes: 125);
        PowerSpectrum[] whole = channeliser.SpectraOf(absent: []);
        // Packet 10 has samples 1000 to 1099: of spectra 1 (to 1023) and 2. Packet 11 of source 1 only of spectrum 2, and packet 52,
        // 5200 to 5299, of none.
        PowerSpectrum[] holed = channeliser.SpectraOf(absent: [10, 55 + 11, 55 + 52]);
        Assert.Equal([8, 9], holed.Select(spectrum => spectrum.Spectra));
        for (int source = 0; source < 2; source++) AssertTone(whole[source].Power, holed[source].Power);
    }

    [ContractFact]
    public void OfAChunkWithoutAWholeSpectrumTheSpectrumIsZeroAndSaysSo()
    {
        using var channeliser = new ToneRun(Open(), packetBytes: 0);
        PowerSpectrum[] spectra = channeliser.SpectraOf(absent: [.. Enumerable.Range(0, 11)]);
        Assert.Equal([0, 10], spectra.Select(spectrum => spectrum.Spectra));
        Assert.All(spectra[0].Power, power => Assert.Equal(0, power));
    }

    [ContractFact]
    public void OfMoreSpectraThanAreWantedTheFirstAreAveraged()
    {
        using var channeliser = new ToneRun(Open(), packetBytes: 0, mostSpectra: 3);
        Assert.Equal((3, 3), (channeliser.SpectraOf(absent: [])[0].Spectra, channeliser.SpectraOf(absent: [])[0].SpectraPerChunk));
        Assert.Equal([2, 3], channeliser.SpectraOf(absent: [3, 4, 5, 6]).Select(spectrum => spectrum.Spectra));
    }

    // The tone is the same in all spectra, so averages of any of them differ only by roundings of floats.
    private static void AssertTone(double[] whole, double[] holed)
    {
        Assert.InRange(whole[ToneChannel], 0.9, 1.1);
        for (int channel = 0; channel < whole.Length; channel++)
            Assert.InRange(holed[channel], whole[channel] - 1e-5, whole[channel] + 1e-5);
    }

    /// <summary>A sink with a channeliser that gets, chunk by chunk, a tone that repeats in every spectrum.</summary>
    private sealed class ToneRun : IDisposable
    {
        private readonly ChunkLog _log = new();
        private readonly ChanneliserStage _stage;
        private readonly GpuSink _sink;
        private readonly Chunk _chunk;
        private int _id;

        public ToneRun(IGpuDevice device, int packetBytes, int mostSpectra = int.MaxValue)
        {
            _stage = new ChanneliserStage(mostSpectra);
            _sink = new GpuSink(device, new GpuSinkOptions { Stages = [_stage] });
            _chunk = new Chunk(ToneShape, packetBytes == 0 ? 1 : (int)ToneShape.HeapBytes / packetBytes, packetBytes, 1, _log);
            _sink.Prepare([_chunk]);
            _sink.Start(ToneShape);
        }

        public PowerSpectrum[] SpectraOf(int[] absent)
        {
            _chunk.Begin(_id++, 0, _log);
            Span<byte> data = _chunk.Storage.Span(0, (int)ToneShape.ChunkBytes);
            data.Clear();
            for (int sample = 0; sample < 2 * 5500; sample++)
            {
                double turns = ToneChannel * (sample % 5500) / (double)SpectrumSamples;
                PackedSamples.Write(data, sample, 10, (int)Math.Round(511 * Math.Cos(2 * Math.PI * turns)));
            }
            int entryBytes = 625 / _chunk.PacketsPerHeap;
            for (int entry = 0; entry < _chunk.Entries; entry++)
            {
                if (!absent.Contains(entry)) _chunk.Mark(entry);
                // What an earlier chunk left there, or nothing yet.
                else data.Slice(entry * entryBytes, entryBytes).Fill((byte)(_chunk.PacketBytes == 0 ? 0x55 : 0));
            }
            _chunk.Hold(1);
            _chunk.Take();
            _sink.Consume(_chunk);
            Eventually.Holds(() => _sink.Reading.Chunks == _id, "the chunk is computed");
            return [_stage.Spectrum(0), _stage.Spectrum(1)];
        }

        public void Dispose()
        {
            _sink.Finish();
            _sink.Dispose();
            _chunk.Dispose();
        }
    }
}
