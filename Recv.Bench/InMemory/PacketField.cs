using Recv.Memory;
using Recv.Simulate;

namespace Recv.Bench.InMemory;

/// <summary>Packets of one traffic, end to end in memory, in the order in which they would come.</summary>
/// <remarks><b>Threading:</b> read-only once made. <b>Owns:</b> the block.</remarks>
internal sealed unsafe class PacketField : IDisposable
{
    private readonly NativeBlock _block;
    private readonly int _packetsPerBatch;
    private readonly long _batchSteps;

    /// <summary>Makes <paramref name="bytes"/> of packets, rounded to whole batches of heaps.</summary>
    public PacketField(Traffic traffic, long bytes)
    {
        PacketBytes = traffic.PacketBytes;
        PayloadBytes = traffic.PayloadBytes;
        var shape = traffic.Resolve().Shape;
        HeapPackets = (int)(shape.HeapBytes / PayloadBytes);
        _packetsPerBatch = HeapPackets * traffic.Interleaved;
        _batchSteps = shape.HeapTimestampStep;
        Count = Whole(bytes);
        _block = NativeBlock.Allocate((long)Count * PacketBytes, "packets in memory");
        var feed = new InstrumentSimulator(new SimulatorOptions
        {
            Instrument = traffic.Instrument,
            Parameters = traffic.Parameters,
            MaxPacketBytes = PacketBytes,
            Interleave = traffic.Interleaved,
            StopHeap = false,
            Heaps = Count / HeapPackets,
        });
        for (int packet = 0; packet < Count; packet++)
        {
            int length = feed.Next(_block.Span((long)packet * PacketBytes, PacketBytes), out _);
            if (length != PacketBytes)
                throw new InvalidOperationException($"packet {packet} has {length} bytes, not {PacketBytes}");
        }
    }

    /// <summary>First byte of the first packet.</summary>
    public byte* First => _block.Pointer;

    /// <summary>Packets.</summary>
    public int Count { get; }

    /// <summary>Bytes of a packet.</summary>
    public int PacketBytes { get; }

    /// <summary>Bytes of its payload, which is at its end.</summary>
    public int PayloadBytes { get; }

    /// <summary>Packets of a heap.</summary>
    public int HeapPackets { get; }

    /// <summary>Packets in so many bytes, in whole batches of heaps and at least one.</summary>
    public int Whole(long bytes) => (int)Math.Max(1, bytes / PacketBytes / _packetsPerBatch) * _packetsPerBatch;

    /// <summary>By how much timestamps go on in the first <paramref name="packets"/> packets.</summary>
    public long TimestampsIn(int packets) => packets / _packetsPerBatch * _batchSteps;

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
