using System.Collections.Immutable;

namespace Recv.Tests.Model;

/// <summary>The layouts of vectors/README.md as plain methods.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Kind"><c>digitiser</c>, <c>fengine</c>, <c>beam</c>, <c>sps</c> (whose packets are heaps by themselves) or <c>none</c>,
/// which rejects everything.</param>
/// <param name="Parameters">By the names of the vectors' JSON; only those of the formulas are used, nothing derived.</param>
/// <param name="Polarisation">Of a beam's stream.</param>
public sealed record ModelLayout(string Kind, IReadOnlyDictionary<string, long> Parameters, int Polarisation = 0)
{
    private const long TimestampItem = 0x1600;
    private const long DigitiserIdItem = 0x3101;
    private const long DigitiserStatusItem = 0x3102;
    private const long FengIdItem = 0x4101;
    private const long FrequencyItem = 0x4103;
    private const long BeamAntsItem = 0x5004;
    private const long ChannelInfoItem = 0x3000;
    private const long AntennaInfoItem = 0x3001;
    private const int TimestampBits = 62;
    private const int ItemBits = 56;
    private const int Metadata = 0;
    private const int BadTimestamp = 1;
    private const int BadFengId = 2;
    private const int BadFrequency = 2;
    private const int BadChannel = 2;

    /// <summary>Takes every heap for something other than payload.</summary>
    public static ModelLayout None { get; } = new("none", ImmutableDictionary<string, long>.Empty);

    /// <summary>Names of the rejections.</summary>
    public ImmutableArray<string> Statistics => Kind switch
    {
        "digitiser" => ["metadata_heaps", "bad_timestamp_heaps"],
        "fengine" => ["metadata_heaps", "bad_timestamp_heaps", "bad_feng_id_heaps"],
        "beam" => ["metadata_heaps", "bad_timestamp_heaps", "bad_frequency_heaps"],
        "sps" => ["metadata_heaps", "bad_timestamp_heaps", "bad_channel_heaps"],
        _ => ["metadata_heaps"],
    };

    /// <summary>Payload bytes of a heap.</summary>
    public long HeapBytes => Kind switch
    {
        "digitiser" => this["heap_samples"] * this["sample_bits"] / 8,
        "fengine" => this["n_channels_per_substream"] * this["n_spectra_per_heap"] * 4 * this["sample_bits"] / 8,
        "beam" => this["n_channels_per_substream"] * this["n_spectra_per_heap"] * 2 * this["sample_bits"] / 8,
        "sps" => this["heap_samples"] * 4,
        _ => 1,
    };

    /// <summary>Steps of time in a chunk.</summary>
    public long ChunkBatches => Kind switch
    {
        "digitiser" => this["chunk_samples"] / this["heap_samples"],
        "fengine" => this["heaps_per_fengine_per_chunk"],
        "beam" => this["n_batches_per_chunk"],
        "sps" => this["n_heaps_per_chunk"],
        _ => 1,
    };

    /// <summary>Heaps in a chunk.</summary>
    public int ChunkHeaps => (int)(ChunkBatches * Kind switch
    {
        "digitiser" => 2,
        "fengine" => this["n_ants"],
        "beam" => 2 * BeamSubstreams,
        "sps" => this["n_channels"],
        _ => 1,
    });

    /// <summary>Bytes of a chunk.</summary>
    public int ChunkBytes => Kind == "digitiser" ? (int)(2 * this["stride"]) : (int)(ChunkHeaps * HeapBytes);

    /// <summary>Timestamp units of a chunk.</summary>
    public long ChunkTimestampStep => Kind switch
    {
        "digitiser" => this["chunk_samples"],
        "fengine" or "beam" => ChunkBatches * this["heap_timestamp_step"],
        "sps" => ChunkBatches * this["heap_samples"] * this["sample_ns"],
        _ => 1,
    };

    /// <summary>Whether a chunk has a number per heap beside the data.</summary>
    public bool HasExtra => Kind == "digitiser";

    /// <summary>Whether a packet without heap length or payload offset is a heap.</summary>
    public bool PacketHeaps => Kind == "sps";

    private long BeamSubstreams => this["n_channels"] / this["n_channels_per_substream"];

    private long this[string name] => Parameters[name];

    /// <summary>Where the data of a heap begins in its chunk.</summary>
    public int HeapOffset(int heapIndex) => Kind == "digitiser"
        ? (int)(heapIndex / ChunkBatches * this["stride"] + heapIndex % ChunkBatches * HeapBytes)
        : (int)(heapIndex * HeapBytes);

    /// <summary>Places the heap that begins with this packet.</summary>
    public ModelPlace Place(ModelPacket packet) => Kind switch
    {
        "digitiser" => PlaceDigitiser(packet),
        "fengine" => PlaceFengine(packet),
        "beam" => PlaceBeam(packet),
        "sps" => PlaceSps(packet),
        _ => ModelPlace.Rejected(Metadata),
    };

    private ModelPlace PlaceDigitiser(ModelPacket packet)
    {
        long timestamp = packet.Number(TimestampItem, TimestampBits) ?? -1;
        long digitiserId = packet.Immediate(DigitiserIdItem) ?? -1;
        long status = packet.Immediate(DigitiserStatusItem) ?? -1;
        if (packet.HeapLength != HeapBytes || timestamp < 0) return ModelPlace.Rejected(Metadata);
        if (this["mask_timestamp"] != 0) timestamp -= timestamp % this["heap_samples"];
        if (timestamp % this["heap_samples"] != 0) return ModelPlace.Rejected(BadTimestamp);
        long heap = timestamp / this["heap_samples"];
        return new ModelPlace(
            -1,
            timestamp / this["chunk_samples"],
            (int)((digitiserId & 1) * ChunkBatches + heap % ChunkBatches),
            (int)(status >> 32 & 0xffff));
    }

    private ModelPlace PlaceFengine(ModelPacket packet)
    {
        long timestamp = packet.Number(TimestampItem, TimestampBits) ?? -1;
        long fengId = packet.Number(FengIdItem, ItemBits) ?? -1;
        if (packet.HeapLength != HeapBytes || timestamp < 0 || fengId < 0) return ModelPlace.Rejected(Metadata);
        if (timestamp % this["heap_timestamp_step"] != 0) return ModelPlace.Rejected(BadTimestamp);
        if (fengId >= this["n_ants"]) return ModelPlace.Rejected(BadFengId);
        long batch = timestamp / this["heap_timestamp_step"];
        return new ModelPlace(-1, batch / ChunkBatches, (int)(batch % ChunkBatches * this["n_ants"] + fengId), 0);
    }

    private ModelPlace PlaceBeam(ModelPacket packet)
    {
        long timestamp = packet.Number(TimestampItem, TimestampBits) ?? -1;
        long frequency = packet.Number(FrequencyItem, ItemBits) ?? -1;
        bool absent = timestamp < 0 || frequency < 0 || packet.Number(BeamAntsItem, ItemBits) is null;
        if (packet.HeapLength != HeapBytes || absent) return ModelPlace.Rejected(Metadata);
        if (timestamp % this["heap_timestamp_step"] != 0) return ModelPlace.Rejected(BadTimestamp);
        if (frequency % this["n_channels_per_substream"] != 0 || frequency >= this["n_channels"])
            return ModelPlace.Rejected(BadFrequency);
        long batch = timestamp / this["heap_timestamp_step"];
        long index = (Polarisation * ChunkBatches + batch % ChunkBatches) * BeamSubstreams
            + frequency / this["n_channels_per_substream"];
        return new ModelPlace(-1, batch / ChunkBatches, (int)index, 0);
    }

    private ModelPlace PlaceSps(ModelPacket packet)
    {
        long timestamp = packet.Number(TimestampItem, TimestampBits) ?? -1;
        long channelInfo = packet.Number(ChannelInfoItem, ItemBits) ?? -1;
        bool absent = timestamp < 0 || channelInfo < 0 || packet.Number(AntennaInfoItem, ItemBits) is null;
        if (packet.HeapLength != HeapBytes || absent) return ModelPlace.Rejected(Metadata);
        long step = this["heap_samples"] * this["sample_ns"];
        if (timestamp % step != 0) return ModelPlace.Rejected(BadTimestamp);
        long channel = channelInfo - this["first_channel"];
        if (channel < 0 || channel >= this["n_channels"]) return ModelPlace.Rejected(BadChannel);
        long batch = timestamp / step;
        return new ModelPlace(-1, batch / ChunkBatches, (int)(batch % ChunkBatches * this["n_channels"] + channel), 0);
    }
}

/// <summary>Where a heap goes, or why nowhere.</summary>
/// <param name="Rejection">Index into <see cref="ModelLayout.Statistics"/>, or -1 when it is placed.</param>
/// <param name="ChunkId">Number of the chunk.</param>
/// <param name="HeapIndex">Index of the heap in it.</param>
/// <param name="Extra">The number beside it.</param>
public sealed record ModelPlace(int Rejection, long ChunkId, int HeapIndex, int Extra)
{
    /// <summary>No place.</summary>
    public static ModelPlace Rejected(int rejection) => new(rejection, -1, -1, 0);
}
