using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>A station beam of SKA-Low: packets without heap length and payload offset, a channel in each.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SpsModel : HeapModel
{
    private const int TimestampItem = 1, FrequencyItem = 2, ChannelItem = 3;

    // Two polarisations, real and imaginary part, a byte each.
    private const int BytesPerSample = 4;

    private const long ChannelHertz = 781_250, HertzBits = 1L << 40;

    // One beam of station 1 with all its antennas, since 2026.
    private const long Antennas = 1L << 16 | 256, SyncTime = 1_767_225_600;

    // The heap cnt is the channel and a counter of 32 bits.
    private const int CounterBits = 32;

    private readonly long _firstChannel;
    private readonly long _beam;

    private SpsModel(long firstChannel, long beam) => (_firstChannel, _beam) = (firstChannel, beam);

    /// <summary>A beam with the parameters of the layout.</summary>
    public static SpsModel Create(IReadOnlyDictionary<string, long> given, PatternKind? pattern, ulong seed)
    {
        var set = new ParameterSet("sps", "ska-low-sps", given);
        long first = set.Get("first_channel", 0, ushort.MaxValue), channels = set.Get("n_channels", 1, ushort.MaxValue - first);
        long samples = set.Get("heap_samples", 1, 1 << 14);
        return new SpsModel(first, set.Get("beam", 0, ushort.MaxValue) << 16)
        {
            IsPacket = true,
            HeapBytes = set.HeapBytes((Int128)samples * BytesPerSample * 8),
            Sources = (int)channels,
            TimestampStep = samples * set.Get("sample_ns", 1, 1 << 30),
            Items =
            [
                ItemPointer.Immediate(SyncTimeId, SyncTime), ItemPointer.Immediate(ItemIds.Timestamp, 0),
                    ItemPointer.Immediate(CenterFrequencyId, 0),
                ItemPointer.Immediate(ChannelInfoId, 0), ItemPointer.Immediate(AntennaInfoId, Antennas),
                    ItemPointer.Addressed(ItemIds.AdcSamples, 0),
            ],
            LargestValues = [SyncTime, 0, HertzBits, uint.MaxValue, Antennas, 0],
            Descriptors = [],
            Pattern = NoiseOnly("sps", pattern, seed),
        };
    }

    /// <inheritdoc/>
    public override byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch)
    {
        Pattern.Fill(timestamp, source, scratch);
        long counter = timestamp / TimestampStep & (1L << CounterBits) - 1;
        packetizer.SetHeapCnt((long)source << CounterBits | counter);
        packetizer.SetItem(TimestampItem, timestamp);
        packetizer.SetItem(FrequencyItem, (_firstChannel + source) * ChannelHertz);
        packetizer.SetItem(ChannelItem, _beam | _firstChannel + source);
        return scratch;
    }

    private const long SyncTimeId = 0x1027, CenterFrequencyId = 0x1011, ChannelInfoId = 0x3000, AntennaInfoId = 0x3001;
}
