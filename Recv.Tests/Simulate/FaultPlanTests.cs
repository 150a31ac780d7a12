using FsCheck;
using FsCheck.Fluent;
using Recv.Simulate;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Simulate;

public class FaultPlanTests
{
    private const int Heaps = 200;

    [Fact]
    public void EveryCountIsWhatTheStreamShows() => Prop.ForAll(AnyFaults(), options =>
    {
        List<byte[]> clean = Clean();
        (List<byte[]> damaged, FaultCounts counts) = Damage(options);
        Assert.Equal(clean.Count, counts.Made);
        Assert.Equal(damaged.Count, counts.Sent);
        Assert.Equal(counts.Made - counts.Lost + counts.Duplicated, counts.Sent);
        Assert.InRange(counts.CorruptedHeaders, 0, counts.Corrupted);

        // Without second copies each packet that is not in the clean stream was damaged once; without damage the rest is whole.
        HashSet<string> whole = [.. clean.Select(Convert.ToHexString)];
        string[] arrived = [.. damaged.Select(Convert.ToHexString)];
        if (options.Duplicate == 0) Assert.Equal(counts.Corrupted + counts.Truncated, arrived.Count(packet => !whole.Contains(packet)));
        if (options.Corrupt == 0 && options.Truncate == 0) Assert.Equal(clean.Count - counts.Lost, arrived.Distinct().Count());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void SameSeedDoesTheSameAndAnotherSeedDoesNot() => Prop.ForAll(AnyFaults(), options =>
    {
        (List<byte[]> first, FaultCounts counts) = Damage(options);
        (List<byte[]> second, FaultCounts again) = Damage(options);
        Assert.Equal(first, second);
        Assert.Equal(counts, again);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OneKindHitsTheSamePacketsWhateverTheOthersDo()
    {
        HashSet<long> alone = Cnts(Damage(new FaultOptions { Loss = 0.2 }).Packets);
        HashSet<long> together = Cnts(Damage(new FaultOptions { Loss = 0.2, Duplicate = 0.3, Reorder = 0.3, Delay = 0.1 }).Packets);
        Assert.Equal(alone, together);
        Assert.InRange(alone.Count, 100, Heaps - 10);
        Assert.NotEqual(alone, Cnts(Damage(new FaultOptions { Loss = 0.2, Seed = 2 }).Packets));
    }

    [Fact]
    public void ReorderedPacketsAreOvertakenByNoMoreThanTheDistance()
    {
        (List<byte[]> packets, FaultCounts counts) = Damage(new FaultOptions { Reorder = 0.2, ReorderDistance = 5 });
        long[] cnts = [.. packets.SkipLast(1).Select(packet => new ReadPacket(packet).HeapCnt)];
        int overtaken = 0;
        for (int k = 0; k < cnts.Length; k++)
        {
            int later = cnts.Take(k).Count(cnt => cnt > cnts[k]);
            Assert.InRange(later, 0, 5);
            if (later > 0) overtaken++;
        }
        Assert.Equal(counts.Reordered, overtaken);
        Assert.InRange(overtaken, 10, 80);
    }

    [Fact]
    public void DelayedHeapsComeWholeAndInOrderBehindTheHeapsNamed()
    {
        var simulator = new InstrumentSimulator(new SimulatorOptions
        {
            Instrument = Instrument.FEngine,
            Parameters = new Dictionary<string, long> { ["n_spectra_per_heap"] = 8 },
            MaxPacketBytes = 1472,
            Heaps = Heaps,
        });
        var plan = new FaultPlan(simulator, new FaultOptions { Delay = 0.1, DelayHeaps = 3 });
        ReadPacket[] packets = [.. plan.ReadPackets()];
        Assert.InRange(plan.Counts.DelayedHeaps, 5, 50);
        Assert.Equal(plan.Counts.DelayedHeaps * simulator.PacketsPerHeap, plan.Counts.DelayedPackets);
        long[] order = [.. packets.Select(packet => packet.HeapCnt).Distinct()];
        int late = order.Where((cnt, k) => order.Take(k).Any(before => before > cnt)).Count();
        Assert.InRange(late, 1, plan.Counts.DelayedHeaps);
        foreach (IGrouping<long, ReadPacket> heap in packets.GroupBy(packet => packet.HeapCnt))
            Assert.Equal(heap.OrderBy(packet => packet.PayloadOffset), heap);
        Assert.Equal(Heaps, order[^1]);
    }

    [Fact]
    public void StopHeapIsSparedAndComesLast()
    {
        (List<byte[]> packets, FaultCounts counts) = Damage(new FaultOptions { Loss = 0.9, Reorder = 1, ReorderDistance = 1000 });
        Assert.Equal(2, new ReadPacket(packets[^1]).Immediate(6));
        Assert.Equal(0, counts.Reordered - packets.SkipLast(1).Select(packet => new ReadPacket(packet).HeapCnt).Index()
            .Count(one => packets.Take(one.Index).Any(before => new ReadPacket(before).HeapCnt > one.Item)));
    }

    [Fact]
    public void EverythingLostLeavesOnlyTheStopHeap() => Assert.Single(Damage(new FaultOptions { Loss = 1 }).Packets);

    private static Arbitrary<FaultOptions> AnyFaults()
    {
        Gen<double> share = Gen.Elements(0, 0, 0.01, 0.2, 1);
        return (from loss in Gen.Elements(0, 0.1, 0.5)
                from duplicate in share
                from reorder in share
                from corrupt in share
                from truncate in share
                from delay in share
                from distance in Gen.Choose(1, 40)
                from seed in Gen.Choose(0, 1000)
                select new FaultOptions
                {
                    Loss = loss,
                    Duplicate = duplicate,
                    Reorder = reorder,
                    Corrupt = corrupt,
                    Truncate = truncate,
                    Delay = delay,
                    ReorderDistance = distance,
                    DelayHeaps = distance,
                    Seed = (ulong)seed,
                }).ToArbitrary();
    }

    private static HashSet<long> Cnts(List<byte[]> packets) => [.. packets.Select(packet => new ReadPacket(packet).HeapCnt)];

    private static List<byte[]> Clean() => [.. Simulator().ReadAll().Select(one => one.Packet)];

    private static (List<byte[]> Packets, FaultCounts Counts) Damage(FaultOptions options)
    {
        var plan = new FaultPlan(Simulator(), options);
        return ([.. plan.ReadAll().Select(one => one.Packet)], plan.Counts);
    }

    private static InstrumentSimulator Simulator() => new(new SimulatorOptions
    {
        Heaps = Heaps,
        Parameters = new Dictionary<string, long> { ["heap_samples"] = 256, ["sample_bits"] = 8 },
        Pattern = Recv.Spead.Patterns.PatternKind.Noise,
    });
}
