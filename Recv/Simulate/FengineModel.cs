using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>The F-engines of several antennas, all for the same channels.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class FengineModel : HeapModel
{
    private const int TimestampItem = 0;
    private const int FengIdItem = 1;

    // Real and imaginary parts of two polarisations.
    private const int PartsPerSample = 4;

    private FengineModel()
    {
    }

    /// <summary>F-engines with the parameters of the F-engine layout.</summary>
    public static FengineModel Create(IReadOnlyDictionary<string, long> given, PatternKind? pattern, ulong seed, Flavour flavour)
    {
        var set = new ParameterSet("fengine", "meerkat-fengine", given);
        int antennas = (int)set.Get("n_ants", 1, 65536);
        long channels = set.Get("n_channels_per_substream", 1, 1 << 24);
        long spectra = set.Get("n_spectra_per_heap", 1, 1 << 24);
        int bits = (int)set.Get("sample_bits", 1, 32);
        return new FengineModel
        {
            HeapBytes = set.HeapBytes((Int128)channels * spectra * PartsPerSample * bits),
            Sources = antennas,
            TimestampStep = set.Get("heap_timestamp_step", 1, 1L << 48),
            Items =
            [
                ItemPointer.Immediate(ItemIds.Timestamp, 0), ItemPointer.Immediate(ItemIds.FengId, 0),
                ItemPointer.Immediate(ItemIds.Frequency, 0), ItemPointer.Addressed(ItemIds.FengRaw, 0),
            ],
            LargestValues = [0, antennas - 1, 0, 0],
            Descriptors =
            [
                DescribeNumber(ItemIds.Timestamp, "timestamp", "Timestamp of the first spectrum, in digitiser samples", flavour),
                DescribeNumber(ItemIds.FengId, "feng_id", "Number of the antenna", flavour),
                DescribeNumber(ItemIds.Frequency, "frequency", "First channel of the heap", flavour),
                bits % 8 == 0 && bits != 24
                    ? new Descriptor
                    {
                        Id = ItemIds.FengRaw, Name = "feng_raw", Description = "Channel, spectrum, polarisation, real and imaginary part",
                        NumpyHeader = NumpyHeader(bits == 8 ? "|i1" : $">i{bits / 8}", channels, spectra, 2, 2),
                    }
                    : new Descriptor
                    {
                        Id = ItemIds.FengRaw, Name = "feng_raw", Description = "Channel, spectrum, polarisation, real and imaginary part",
                        Format = [('i', bits)], Shape = [channels, spectra, 2, 2],
                    },
            ],
            Pattern = NoiseOnly("fengine", pattern, seed),
        };
    }

    /// <inheritdoc/>
    public override byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch)
    {
        Pattern.Fill(timestamp, source, scratch);
        packetizer.SetItem(TimestampItem, timestamp);
        packetizer.SetItem(FengIdItem, source);
        return scratch;
    }
}
