using System.Security.Cryptography;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources.Pcap;
using Recv.Streams;

namespace Recv.Tests.Support;

/// <summary>
/// The heaps that a layout receives of a capture: each with its time and its bytes, wherever in the chunk the layout puts it. Two
/// layouts that differ in the order of their axes or the length of their chunks receive the same.
/// </summary>
internal sealed class ReceivedHeaps : IChunkSink
{
    private readonly List<(long Time, string Hash)> _heaps = [];
    private LayoutShape _shape = null!;

    public string Name => "heaps";

    public bool HonoursMask => true;

    /// <summary>Receives a capture; the heaps in the order of their times.</summary>
    public static IReadOnlyList<(long Time, string Hash)> Of(string file, IHeapLayout layout, StreamOptions stream)
    {
        var sink = new ReceivedHeaps();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(file), layout)],
            Sinks = [sink],
            // Long enough that no heap of a vector is too old, whatever the length of a chunk.
            Stream = stream with { MaxChunks = 64 },
            Overrun = OverrunPolicy.Block,
            Replay = true,
        });
        receiver.Start();
        receiver.Wait();
        Assert.Null(receiver.Failure);
        return [.. sink._heaps.Order()];
    }

    public void Start(LayoutShape shape) => _shape = shape;

    public void Consume(Chunk chunk)
    {
        for (int heap = 0; heap < _shape.ChunkHeaps; heap++)
        {
            if (chunk.Present[heap] == 0) continue;
            ReadOnlySpan<byte> bytes = chunk.Slice(_shape.HeapOffset(heap), (int)_shape.HeapBytes);
            _heaps.Add((chunk.Timestamp + Batch(heap) * _shape.HeapTimestampStep, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }
        chunk.Release();
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
    }

    /// <summary>The coordinate of a heap along the axis of time.</summary>
    private long Batch(int heap)
    {
        for (int axis = _shape.Axes.Length - 1; axis >= 0; heap /= _shape.Axes[axis].Size, axis--)
            if (_shape.Axes[axis].Name == LayoutShape.TimeAxis) return heap % _shape.Axes[axis].Size;
        throw new InvalidOperationException("a layout without time");
    }
}
