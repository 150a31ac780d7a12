using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Recv.Tests.Model;

/// <summary>A chunk under construction or emitted.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class ModelChunk
{
    private readonly ModelLayout _layout;
    private readonly byte[] _data;
    private readonly byte[] _present;
    private readonly int[] _extra;
    private readonly int _packetBytes;
    private readonly int _packetsPerHeap;

    internal ModelChunk(long id, ModelLayout layout, int packetBytes)
    {
        Id = id;
        _layout = layout;
        _packetBytes = packetBytes;
        _packetsPerHeap = packetBytes == 0 ? 1 : (int)((layout.HeapBytes + packetBytes - 1) / packetBytes);
        _data = new byte[layout.ChunkBytes];
        _present = new byte[layout.ChunkHeaps * _packetsPerHeap];
        _extra = new int[layout.ChunkHeaps];
    }

    /// <summary>Number of the chunk.</summary>
    public long Id { get; }

    /// <summary>Timestamp of its beginning.</summary>
    public long Timestamp => Id * _layout.ChunkTimestampStep;

    /// <summary>A <c>0</c> or <c>1</c> per heap, or per packet in packet presence mode.</summary>
    public string Present => string.Concat(_present);

    /// <summary>Ones in <see cref="Present"/>.</summary>
    public int PresentCount => _present.Sum(present => present);

    /// <summary>The number beside each heap, 0 for absent heaps; null when the layout has none.</summary>
    public IReadOnlyList<int>? Extra => _layout.HasExtra
        ? [.. _extra.Select((value, heap) => HeapIsPresent(heap) ? value : 0)]
        : null;

    /// <summary>SHA-256 of <see cref="Extra"/> as little-endian 16-bit numbers, or null.</summary>
    public string? ExtraSha256
    {
        get
        {
            if (Extra is not { } extra) return null;
            byte[] bytes = new byte[2 * extra.Count];
            for (int heap = 0; heap < extra.Count; heap++)
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * heap), (ushort)extra[heap]);
            return Hex(bytes);
        }
    }

    /// <summary>The data as a sink sees them: absent heaps are zeros.</summary>
    public byte[] Data
    {
        get
        {
            byte[] data = [.. _data];
            if (_packetBytes != 0) return data;
            for (int heap = 0; heap < _layout.ChunkHeaps; heap++)
                if (!HeapIsPresent(heap)) data.AsSpan(_layout.HeapOffset(heap), (int)_layout.HeapBytes).Clear();
            return data;
        }
    }

    /// <summary>SHA-256 of <see cref="Data"/>.</summary>
    public string DataSha256 => Hex(Data);

    /// <summary>Datagrams that the chunk holds, by the stream that received them.</summary>
    internal Dictionary<ModelReceiver, long> Datagrams { get; } = [];

    internal void Hold(ModelReceiver receiver, long datagrams) =>
        Datagrams[receiver] = Datagrams.GetValueOrDefault(receiver) + datagrams;

    /// <summary>Adds the heaps that another stream put into the same chunk.</summary>
    internal void Merge(ModelChunk other)
    {
        for (int heap = 0; heap < _layout.ChunkHeaps; heap++)
        {
            if (!other.HeapIsPresent(heap)) continue;
            MarkHeap(heap);
            int at = _layout.HeapOffset(heap);
            other._data.AsSpan(at, (int)_layout.HeapBytes).CopyTo(_data.AsSpan(at));
        }
    }

    internal void SetExtra(int heapIndex, int value) => _extra[heapIndex] = value;

    internal void Write(int heapIndex, long payloadOffset, byte[] payload) =>
        payload.CopyTo(_data, _layout.HeapOffset(heapIndex) + (int)payloadOffset);

    internal void MarkHeap(int heapIndex) => _present[heapIndex] = 1;

    internal void MarkPacket(int heapIndex, long payloadOffset) =>
        _present[heapIndex * _packetsPerHeap + (int)(payloadOffset / _packetBytes)] = 1;

    private bool HeapIsPresent(int heapIndex) =>
        _present.AsSpan(heapIndex * _packetsPerHeap, _packetsPerHeap).Contains((byte)1);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
