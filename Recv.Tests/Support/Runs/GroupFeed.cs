using Recv.Layouts;
using Recv.Tests.Model;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Runs;

/// <summary>
/// The feed of a small array: each member of the group has an F-engine of its own, so that members own disjoint heaps. Every heap
/// has other bytes.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class GroupFeed
{
    /// <summary>Heaps of a member in a chunk.</summary>
    public const int BatchesPerChunk = 2;

    /// <summary>Datagrams of a heap.</summary>
    public const int PacketsPerHeap = 2;

    private const int Step = 16;

    /// <summary>A feed for <paramref name="members"/>.</summary>
    /// <param name="members">F-engines.</param>
    /// <param name="heapBytes">A multiple of 8; from 2048 on the payload of a packet is stored past the caches.</param>
    public GroupFeed(int members, int heapBytes = 16)
    {
        Members = members;
        Model = new ModelLayout("fengine", new Dictionary<string, long>
        {
            ["n_ants"] = members,
            ["n_channels_per_substream"] = 1,
            ["n_spectra_per_heap"] = heapBytes / 4,
            ["sample_bits"] = 8,
            ["heap_timestamp_step"] = Step,
            ["heaps_per_fengine_per_chunk"] = BatchesPerChunk,
        });
        Layout = ReceiveCore.LayoutOf(Model);
    }

    /// <summary>Streams.</summary>
    public int Members { get; }

    /// <summary>The layout of the model.</summary>
    public ModelLayout Model { get; }

    /// <summary>The real layout.</summary>
    public IHeapLayout Layout { get; }

    /// <summary>The datagrams of one heap.</summary>
    public byte[][] Heap(int member, long batch)
    {
        int part = (int)Model.HeapBytes / PacketsPerHeap;
        return
        [
            .. Enumerable.Range(0, PacketsPerHeap).Select(packet => new PacketPlan
            {
                HeapCnt = batch,
                HeapLength = Model.HeapBytes,
                PayloadOffset = packet * part,
                PayloadLength = part,
                Timestamp = batch * Step,
                Index = member,
                Seed = Seed(member, batch),
            }.Build(Model)),
        ];
    }

    /// <summary>The datagrams of all heaps of a member in these chunks.</summary>
    public byte[][] Chunks(int member, long first, int count) =>
    [
        .. Enumerable.Range(0, count * BatchesPerChunk).SelectMany(batch => Heap(member, first * BatchesPerChunk + batch)),
    ];

    /// <summary>The member that owns a heap.</summary>
    public int OwnerOf(int heapIndex) => heapIndex % Members;

    /// <summary>Fails unless every heap that is there has the bytes that were sent.</summary>
    public void AssertRight(DeliveredChunk chunk)
    {
        int length = (int)Model.HeapBytes;
        foreach (int heap in chunk.Heaps)
        {
            int seed = Seed(OwnerOf(heap), chunk.Id * BatchesPerChunk + heap / Members);
            for (int at = 0; at < length; at++)
            {
                byte sent = (byte)(1 + (seed * 37 + at) % 255);
                if (chunk.Data[heap * length + at] != sent)
                    Assert.Fail($"chunk {chunk.Id} heap {heap} byte {at}: sent {sent}, got {chunk.Data[heap * length + at]}");
            }
        }
    }

    private int Seed(int member, long batch) => (int)(batch * Members + member);
}
