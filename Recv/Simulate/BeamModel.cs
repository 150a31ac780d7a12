using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>One polarisation of a tied-array beam: a heap per substream of channels.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class BeamModel : HeapModel
{
    private const int TimestampItem = 0;
    private const int FrequencyItem = 1;

    // Real and imaginary part.
    private const int PartsPerSample = 2;

    // Antennas that went into the beam: all of MeerKAT.
    private const int BeamAnts = 64;

    private readonly int _pol;
    private readonly long _channelsPerSubstream;

    private BeamModel(int pol, long channelsPerSubstream)
    {
        _pol = pol;
        _channelsPerSubstream = channelsPerSubstream;
    }

    /// <summary>A beam with the parameters of the beam layout.</summary>
    public static BeamModel Create(IReadOnlyDictionary<string, long> given, PatternKind? pattern, ulong seed, Flavour flavour)
    {
        var set = new ParameterSet("beam", "meerkat-beam", given);
        long all = set.Get("n_channels", 1, 1 << 24);
        long channels = set.Get("n_channels_per_substream", 1, all);
        if (all % channels != 0)
            throw RecvException.BadUsage($"beam parameter n_channels_per_substream is {channels}, but must divide n_channels, {all}");
        long spectra = set.Get("n_spectra_per_heap", 1, 1 << 24);
        int bits = (int)set.Get("sample_bits", 1, 32);
        return new BeamModel((int)set.Get("pol", 0, 1), channels)
        {
            HeapBytes = set.HeapBytes((Int128)channels * spectra * PartsPerSample * bits),
            Sources = (int)(all / channels),
            TimestampStep = set.Get("heap_timestamp_step", 1, 1L << 48),
            Items =
            [
                ItemPointer.Immediate(ItemIds.Timestamp, 0), ItemPointer.Immediate(ItemIds.Frequency, 0),
                ItemPointer.Immediate(ItemIds.BeamAnts, BeamAnts), ItemPointer.Addressed(ItemIds.BfRaw, 0),
            ],
            LargestValues = [0, all - channels, BeamAnts, 0],
            Descriptors =
            [
                DescribeNumber(ItemIds.Timestamp, "timestamp", "Timestamp of the first spectrum, in digitiser samples", flavour),
                DescribeNumber(ItemIds.Frequency, "frequency", "First channel of the heap", flavour),
                DescribeNumber(ItemIds.BeamAnts, "beam_ants", "Antennas in the beam", flavour),
                new Descriptor
                {
                    Id = ItemIds.BfRaw, Name = "bf_raw", Description = "Channel, spectrum, real and imaginary part", Format = [('i', bits)],
                        Shape = [channels, spectra, 2],
                },
            ],
            Pattern = NoiseOnly("beam", pattern, seed),
        };
    }

    /// <inheritdoc/>
    public override byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch)
    {
        Pattern.Fill(timestamp, _pol * Sources + source, scratch);
        packetizer.SetItem(TimestampItem, timestamp);
        packetizer.SetItem(FrequencyItem, source * _channelsPerSubstream);
        return scratch;
    }
}
