using Recv.Tests.Model;

namespace Recv.Tests.Support.Packets;

/// <summary>What one packet says of itself, true or not; the generators of <see cref="PacketSequences"/> draw it.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record PacketPlan
{
    /// <summary>Bits of a heap address: the flavour.</summary>
    public int AddressBits { get; init; } = 48;

    /// <summary>Heap cnt.</summary>
    public long HeapCnt { get; init; }

    /// <summary>Heap length; null for a packet without it.</summary>
    public long? HeapLength { get; init; }

    /// <summary>Where the payload goes in the heap.</summary>
    public long PayloadOffset { get; init; }

    /// <summary>Whether the packet says where its payload goes.</summary>
    public bool HasOffset { get; init; } = true;

    /// <summary>Bytes of payload.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Timestamp; null for a packet without the items of the layout.</summary>
    public long? Timestamp { get; init; }

    /// <summary>Where in the heap the timestamp is, rather than in its pointer; null when it is there.</summary>
    public long? TimestampAddress { get; init; }

    /// <summary>F-engine, digitiser or frequency index.</summary>
    public long Index { get; init; }

    /// <summary>An address in the heap, perhaps beyond it; null for none.</summary>
    public long? Address { get; init; }

    /// <summary>Whether it carries a stop item.</summary>
    public bool Stop { get; init; }

    /// <summary>Seed of the payload bytes.</summary>
    public int Seed { get; init; }

    /// <summary>The bytes of the packet.</summary>
    public byte[] Build(ModelLayout layout)
    {
        var builder = new PacketBuilder(AddressBits).Immediate(PacketBuilder.HeapCntId, HeapCnt);
        if (HeapLength is { } length) builder.Immediate(PacketBuilder.HeapLengthId, length);
        if (HasOffset) builder.Immediate(PacketBuilder.PayloadOffsetId, PayloadOffset);
        builder.Immediate(PacketBuilder.PayloadLengthId, PayloadLength);
        if (Timestamp is { } timestamp) AddItems(builder, layout, timestamp);
        if (Address is { } address) builder.Addressed(0x4300, address);
        if (Stop) builder.Stop();
        byte[] payload = new byte[PayloadLength];
        // Never zero, so that a byte that was not placed shows.
        for (int at = 0; at < payload.Length; at++) payload[at] = (byte)(1 + (Seed * 37 + at + PayloadOffset) % 255);
        return builder.Payload(payload).Build();
    }

    private void AddItems(PacketBuilder builder, ModelLayout layout, long timestamp)
    {
        if (TimestampAddress is { } address) builder.Addressed(PacketBuilder.TimestampId, address);
        else builder.Immediate(PacketBuilder.TimestampId, timestamp);
        switch (layout.Kind)
        {
            case "digitiser":
                builder.Immediate(PacketBuilder.DigitiserIdId, Index).Immediate(PacketBuilder.DigitiserStatusId, (long)Seed << 32);
                break;
            case "fengine":
                builder.Immediate(PacketBuilder.FengIdId, Index);
                break;
            case "sps":
                builder.Immediate(PacketBuilder.ChannelInfoId, Index + layout.Parameters["first_channel"])
                    .Immediate(PacketBuilder.AntennaInfoId, 1 << 16 | 256);
                break;
            default:
                long frequency = Index * layout.Parameters["n_channels_per_substream"];
                builder.Immediate(PacketBuilder.FrequencyId, frequency).Immediate(PacketBuilder.BeamAntsId, 64);
                break;
        }
    }
}
