using System.Collections.Immutable;

namespace Recv.Tests.Support.Captures;

/// <summary>One golden vector: a capture, how the receiver is set up for it, and what it must then produce.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record VectorScenario
{
    /// <summary>As the JSON says it.</summary>
    public required string Name { get; init; }

    /// <summary>True for the captures of the spead2_send program: no layout, heaps in place of chunks.</summary>
    public required bool IsSpead2Send { get; init; }

    /// <summary>Full path of the JSON.</summary>
    public required string JsonPath { get; init; }

    /// <summary>Full path of the capture.</summary>
    public required string PcapPath { get; init; }

    /// <summary>SHA-256 of the capture, lower-case hex, to detect a damaged copy.</summary>
    public required string PcapSha256 { get; init; }

    /// <summary>Frames in the capture.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames that pass the reference's filter; it does not look inside VLAN tags, we do.</summary>
    public required int FramesForStream { get; init; }

    /// <summary>Where the datagrams of each member go; one entry unless it is a group.</summary>
    public required ImmutableArray<VectorDestination> Destinations { get; init; }

    /// <summary>Null for a spead2_send capture.</summary>
    public VectorLayout? Layout { get; init; }

    /// <summary>spead2's defaults for a spead2_send capture.</summary>
    public required VectorStream Stream { get; init; }

    /// <summary>What must come out, VLAN tags read: of a capture with tags what the reference makes of it without them.</summary>
    public required VectorExpectation Expected { get; init; }

    /// <summary>What the sum of the ledger must be: the datagrams of the stream.</summary>
    public int Datagrams => HasTags ? Frames : FramesForStream;

    /// <summary>Whether the frames carry VLAN tags, which the reference drops.</summary>
    public required bool HasTags { get; init; }
}

/// <summary>A destination of UDP datagrams.</summary>
public sealed record VectorDestination(string Address, int Port);

/// <summary>A layout of vectors/README.md with its parameters, derived ones included; switches are 0 or 1.</summary>
public sealed record VectorLayout(string Kind, IReadOnlyDictionary<string, long> Parameters);

/// <summary>How the stream is set up.</summary>
public sealed record VectorStream(
    int MaxHeaps, int Substreams, bool StopOnStopItem, bool AllowOutOfOrder, int MaxChunks, int PacketPresencePayloadSize);

/// <summary>What the reference gave: chunks, or heaps for a spead2_send capture, and the statistics of each member.</summary>
public sealed record VectorExpectation(
    ImmutableArray<VectorChunk> Chunks,
    ImmutableArray<VectorHeap> Heaps,
    ImmutableArray<IReadOnlyDictionary<string, long>> Stats);

/// <summary>One emitted chunk.</summary>
public sealed record VectorChunk(
    long ChunkId,
    long Timestamp,
    int PresentCount,
    string Present,
    string DataSha256,
    ImmutableArray<int>? Extra,
    string? ExtraSha256);

/// <summary>One heap of a spead2_send capture.</summary>
public sealed record VectorHeap(
    long HeapCnt, int HeapAddressBits, long HeapLength, string PayloadSha256, ImmutableArray<VectorItem> Items);

/// <summary>One item of a heap.</summary>
public sealed record VectorItem(long Id, long Length, long? Offset, string Sha256);
