using FsCheck;
using FsCheck.Fluent;
using Recv.Spead;

namespace Recv.Tests.Spead;

/// <summary>Live heaps against lists: who lives where, who is found, who is evicted.</summary>
public sealed class LiveHeapsTests
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(80);

    // Few heap cnts, so that they meet; and the largest ones.
    private static readonly Gen<Step> AnyStep =
        from what in Gen.Frequency((6, Gen.Constant(What.Begin)), (1, Gen.Constant(What.BeginWhole)), (3, Gen.Constant(What.End)))
        from cnt in Gen.Frequency(
            (8, Gen.Choose(0, 9).Select(cnt => (long)cnt)),
            (1, Gen.Elements((1L << 56) - 1, (1L << 48) - 1, 1L << 40)))
        select new Step(what, cnt);

    private enum What
    {
        /// <summary>A heap takes a slot and stays.</summary>
        Begin,

        /// <summary>A heap takes a slot and is complete at once, so never linked.</summary>
        BeginWhole,

        /// <summary>The heap of this cnt is complete.</summary>
        End,
    }

    [Fact]
    public void HeapsLiveWhereListsSayAndAreFoundByTheirCnt() => Prop.ForAll(
        Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), AnyStep.ArrayOf().ToArbitrary(),
        (substreams, maxHeaps, steps) =>
        {
            using var heaps = new LiveHeaps(substreams, maxHeaps);
            var model = new SlotLists(substreams, maxHeaps);
            foreach (Step step in steps)
            {
                Play(heaps, model, step);
                Assert.Equal(model.Find(step.Cnt), heaps.Find(step.Cnt));
            }
            for (int slot = 0; slot < heaps.SlotCount; slot++) Assert.Equal(model.IsLive(slot), heaps[slot].Live);
            foreach (long cnt in steps.Select(step => step.Cnt)) Assert.Equal(model.Find(cnt), heaps.Find(cnt));
        }).Check(Thousands);

    [Fact]
    public void ANewHeapTakesTheNextSlotEvenWhenOthersAreFree()
    {
        using var heaps = new LiveHeaps(1, 3);
        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(cnt => heaps.NextSlot(cnt)));
    }

    [Fact]
    public void SubstreamsAreTheHeapCntModuloTheirNumber()
    {
        using var heaps = new LiveHeaps(3, 2);
        Assert.Equal([0, 2, 4, 1, 3, 5, 0], Enumerable.Range(0, 7).Select(cnt => heaps.NextSlot(cnt)));
        Assert.Equal((int)(((1L << 56) - 1) % 3) * 2, new LiveHeaps(3, 2).NextSlot((1L << 56) - 1));
    }

    private static void Play(LiveHeaps heaps, SlotLists model, Step step)
    {
        if (step.What == What.End)
        {
            int found = heaps.Find(step.Cnt);
            if (found < 0) return;
            heaps.Unlink(found);
            model.Free(found);
            return;
        }
        int slot = heaps.NextSlot(step.Cnt);
        Assert.Equal(model.Next(step.Cnt), slot);
        Assert.Equal(model.IsLive(slot), heaps[slot].Live);
        if (heaps[slot].Live)
        {
            heaps.Unlink(slot);
            model.Free(slot);
        }
        heaps[slot].HeapCnt = step.Cnt;
        if (step.What == What.BeginWhole) return;
        heaps.Link(slot);
        model.Put(slot, step.Cnt);
    }

    private sealed record Step(What What, long Cnt);

    private sealed class SlotLists(int substreams, int maxHeaps)
    {
        private readonly int[] _next = new int[substreams];

        // Oldest first.
        private readonly List<(int Slot, long Cnt)> _live = [];

        public int Next(long cnt)
        {
            int substream = (int)(cnt % substreams);
            return substream * maxHeaps + _next[substream]++ % maxHeaps;
        }

        public bool IsLive(int slot) => _live.Exists(heap => heap.Slot == slot);

        public int Find(long cnt) => _live.Where(heap => heap.Cnt == cnt).Select(heap => heap.Slot).LastOrDefault(-1);

        public void Free(int slot) => _live.RemoveAll(heap => heap.Slot == slot);

        public void Put(int slot, long cnt) => _live.Add((slot, cnt));
    }
}
