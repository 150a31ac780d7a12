using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>
/// A digitiser: two polarisations in turn, packed samples, the count of saturated samples in the status.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class DigitiserModel : HeapModel
{
    private const int TimestampItem = 0;
    private const int DigitiserIdItem = 1;
    private const int StatusItem = 2;
    private const int StatusSaturationShift = 32;

    private readonly int _sampleBits;

    private DigitiserModel(int sampleBits) => _sampleBits = sampleBits;

    /// <summary>A digitiser with the parameters of layout <c>meerkat-digitiser</c>.</summary>
    public static DigitiserModel Create(
        IReadOnlyDictionary<string, long> given, PatternKind? pattern, ulong seed, Flavour flavour)
    {
        var set = new ParameterSet("digitiser", "meerkat-digitiser", given);
        int samples = (int)set.Get("heap_samples", 1, 1 << 26);
        int bits = (int)set.Get("sample_bits", 2, 16);
        return new DigitiserModel(bits)
        {
            HeapBytes = set.HeapBytes((Int128)samples * bits),
            Sources = 2,
            TimestampStep = samples,
            Items =
            [
                ItemPointer.Immediate(ItemIds.Timestamp, 0), ItemPointer.Immediate(ItemIds.DigitiserId, 0),
                ItemPointer.Immediate(ItemIds.DigitiserStatus, 0), ItemPointer.Addressed(ItemIds.AdcSamples, 0),
            ],
            LargestValues = [0, 1, (long)ushort.MaxValue << StatusSaturationShift, 0],
            Descriptors =
            [
                DescribeNumber(ItemIds.Timestamp, "timestamp", "Timestamp of the first sample, in samples", flavour),
                DescribeNumber(ItemIds.DigitiserId, "digitiser_id", "Lowest bit: polarisation", flavour),
                DescribeNumber(ItemIds.DigitiserStatus, "digitiser_status", "Bits 32 to 47: saturated samples", flavour),
                new Descriptor
                {
                    Id = ItemIds.AdcSamples,
                    Name = "adc_samples",
                    Description = "Samples, packed big-endian",
                    Format = [('i', bits)],
                    Shape = [samples],
                },
            ],
            Pattern = pattern switch
            {
                null or PatternKind.Tone => new TonePattern(seed, samples, bits),
                _ => NoiseOnly("digitiser", pattern, seed),
            },
        };
    }

    /// <inheritdoc/>
    public override byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch)
    {
        byte[] payload = scratch;
        int saturated;
        if (Pattern is TonePattern tone)
        {
            payload = tone.HeapArray(timestamp, source);
            saturated = tone.Saturated(timestamp, source);
        }
        else
        {
            Pattern.Fill(timestamp, source, scratch);
            saturated = PackedSamples.CountSaturated(scratch, _sampleBits);
        }
        packetizer.SetItem(TimestampItem, timestamp);
        packetizer.SetItem(DigitiserIdItem, source);
        packetizer.SetItem(StatusItem, (long)Math.Min(saturated, ushort.MaxValue) << StatusSaturationShift);
        return payload;
    }
}
