using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Recv.Ledger;
using Recv.Sources;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Inspect;

/// <summary>
/// Every heap of a capture with its items and descriptors, in the form of <c>expected.heaps</c> of the golden vectors.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class HeapList
{
    private readonly MinstdPattern? _pattern;
    private readonly long _patternBytes;
    private bool _stopped;

    private HeapList(long patternBytes)
    {
        _patternBytes = patternBytes;
        _pattern = patternBytes > 0 ? new MinstdPattern(patternBytes) : null;
    }

    /// <summary>The heaps in the order in which they were complete; those left incomplete behind them. The stop heap ends
    /// the stream and is not among them.</summary>
    public JsonArray Heaps { get; } = [];

    /// <summary>Heaps whose data were compared with the pattern of <c>spead2_send --verify</c>.</summary>
    public int Verified { get; private set; }

    /// <summary>How many of them were not as they have to be.</summary>
    public int Wrong { get; private set; }

    /// <summary>Reads captures, one after the other.</summary>
    /// <param name="files">The captures.</param>
    /// <param name="destination">Only datagrams that were sent there.</param>
    /// <param name="patternBytes">Bytes of data that the sender put into each heap in its <c>--verify</c> pattern; 0: no
    /// pattern.</param>
    public static HeapList Read(IReadOnlyList<string> files, EndpointRange? destination, long patternBytes = 0)
    {
        var list = new HeapList(patternBytes);
        var assembler = new HeapAssembler(list.Add, keepsPayload: true);
        using IPacketSource source = SourceFactory.OfCaptures(files, destination);
        source.Open();
        var batch = new Datagram[source.MaxBatch];
        while (!source.Ended && !list._stopped)
        {
            int count = source.Receive(batch, wait: true);
            for (int i = 0; i < count && !list._stopped; i++)
            {
                if (batch[i].Flaw != Outcome.None || SpeadPacket.Decode(batch[i].Span, out SpeadPacket packet) != Outcome.None) continue;
                if (packet.HeapLength >= 0) assembler.Add(packet, default);
            }
            source.Release();
        }
        list._stopped = false;
        assembler.Flush();
        return list;
    }

    private void Add(SeenHeap heap)
    {
        if (_stopped || heap.IsStop)
        {
            _stopped = true;
            return;
        }
        var json = new JsonObject
        {
            ["heap_cnt"] = heap.HeapCnt,
            ["complete"] = heap.IsComplete,
            ["heap_address_bits"] = heap.AddressBits,
            ["heap_length"] = heap.Length,
        };
        Heaps.Add((JsonNode)json);
        if (!heap.IsComplete || heap.KeptBytes != heap.Length) return;
        json["payload_sha256"] = Hash(heap.Payload);
        json["items"] = Items(heap);
        if (heap.HasDescriptors) json["descriptors"] = Descriptors(heap);
        Verify(heap);
    }

    /// <summary>Addressed items by address, then immediate ones by their place in the packets.</summary>
    private static JsonArray Items(SeenHeap heap)
    {
        var items = new JsonArray();
        foreach ((long id, long offset, long length) in heap.Addressed())
        {
            items.Add((JsonNode)new JsonObject
            {
                ["id"] = id,
                ["length"] = length,
                ["offset"] = offset,
                ["sha256"] = Hash(heap.Payload.Slice((int)offset, (int)length)),
            });
        }
        foreach (ItemPointer item in heap.Items.Where(item => item.IsImmediate && item.Id != ItemIds.Null))
        {
            byte[] value = new byte[heap.AddressBits / 8];
            for (int i = 0; i < value.Length; i++) value[i] = (byte)(item.Value >> 8 * (value.Length - 1 - i));
            items.Add((JsonNode)new JsonObject { ["id"] = item.Id, ["length"] = value.Length, ["sha256"] = Hash(value) });
        }
        return items;
    }

    private static JsonArray Descriptors(SeenHeap heap)
    {
        var descriptors = new JsonArray();
        foreach ((_, long offset, long length) in heap.Addressed().Where(item => item.Id == ItemIds.Descriptor))
        {
            bool bugCompat = false;
            if (DescriptorReader.Read(heap.Payload.Slice((int)offset, (int)length), ref bugCompat) is { } descriptor)
                descriptors.Add((JsonNode)DescriptorJson.Of(descriptor, bugCompat));
        }
        return descriptors;
    }

    // Descriptors stand before the data, of which they are no part.
    private void Verify(SeenHeap heap)
    {
        if (_pattern is null || heap.Length < _patternBytes) return;
        Verified++;
        if (_pattern.FirstMismatch(heap.HeapCnt, 0, heap.Payload[(int)(heap.Length - _patternBytes)..]) >= 0) Wrong++;
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
