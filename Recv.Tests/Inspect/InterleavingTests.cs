using FsCheck.Fluent;
using Recv.Inspect;
using Recv.Ledger;
using Recv.Spead;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Inspect;

public sealed class InterleavingTests
{
    [Fact]
    public void AdvisedSlotsLoseNothingAndOneFewerLosesAHeap()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(1, 4).SelectMany(substreams => Gen.Choose(0, 11).ListOf(40).Select(order => (substreams, order.ToArray())))
                .ToArbitrary(),
            ((int Substreams, int[] Order) feed) =>
            {
                int needed = Seen(feed.Order).PerSubstream(feed.Substreams);
                return Lost(feed.Order, feed.Substreams, needed) == 0 && (needed <= 1 || Lost(feed.Order, feed.Substreams, needed - 1) > 0);
            }));
    }

    // Whose packets come in which order: a heap has two.
    private static IEnumerable<(long HeapCnt, int Packet)> Packets(int[] order)
    {
        var next = new Dictionary<int, int>();
        foreach (int heap in order)
        {
            int packet = next.GetValueOrDefault(heap);
            next[heap] = packet + 1;
            yield return (heap + 12 * (packet / 2), packet % 2);
        }
    }

    private static Interleaving Seen(int[] order)
    {
        var assembler = new HeapAssembler(_ => { });
        foreach ((long heapCnt, int packet) in Packets(order))
        {
            byte[] bytes = new PacketBuilder().Control(heapCnt, 4, packet * 2, 2).Payload([1, 2]).Build();
            Assert.Equal(Outcome.None, SpeadPacket.Decode(bytes, out SpeadPacket decoded));
            assembler.Add(decoded, default);
        }
        assembler.Flush();
        return assembler.Interleaving;
    }

    /// <summary>Heaps that the receiver's own slots evict before both of their packets have come, though both do come.</summary>
    private static int Lost(int[] order, int substreams, int maxHeaps)
    {
        using var heaps = new LiveHeaps(substreams, maxHeaps);
        int lost = 0;
        foreach ((long heapCnt, int packet) in Packets(order))
        {
            int slot = heaps.Find(heapCnt);
            if (slot >= 0) heaps.Unlink(slot);
            else if (packet == 1) lost++;
            else
            {
                slot = heaps.NextSlot(heapCnt);
                if (heaps[slot].Live) heaps.Unlink(slot);
                heaps[slot].HeapCnt = heapCnt;
                heaps.Link(slot);
            }
        }
        return lost;
    }
}
