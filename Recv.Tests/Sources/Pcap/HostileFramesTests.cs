using FsCheck;
using FsCheck.Fluent;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Memory;
using static Recv.Tests.Support.Captures.Wrapped;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Sources.Pcap;

/// <summary>
/// Frames with headers around headers and datagrams in pieces, cut and damaged anywhere: each frame lies right before an inaccessible page,
/// and each is accounted for.
/// </summary>
public sealed class HostileFramesTests
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");

    // Each takes a frame and gives one around it.
    private static readonly Func<byte[], byte[]>[] Wraps =
    [
        frame => Vxlan(frame), frame => VxlanGpe(3, frame), frame => Geneve(0x6558, frame), frame => Gre(0x6558, frame, 0xb000), Erspan1,
        frame => Erspan2(frame), frame => Erspan3(frame, hasSubheader: true), frame => Mpls([0, 0, 0, 0, .. frame]), frame => Outer(Ip(4,
            Ip(47, [0, 0, 0x65, 0x58, .. frame]))),
        frame => Pppoe(0x0021, Ip(47, [0, 0, 0x65, 0x58, .. frame])), frame => Snap(0x0800, Ip(47, [0, 0, 0x65, 0x58, .. frame])),
        frame => Tagged(0x9200, 0x8864, Pppoe(0x0021, Ip(47, [0, 0, 0x65, 0x58, .. frame]))[14..]),
        frame => Ethernet(0x86dd, Ip6(47, [0, 0, 0x65, 0x58, .. frame])),
    ];

    private sealed record Plan(int[] Wraps, byte[] Payload, int PieceUnits, (ushort At, byte Value)[] Damage, ushort Cut, bool IsCut,
        byte[] Order);

    private static Gen<Plan> Plans =>
        from wraps in Gen.Choose(0, 3).SelectMany(count => Gen.Choose(0, Wraps.Length - 1).ArrayOf(count))
        from payload in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Resize(200)
        from units in Gen.Choose(1, 12)
        from damage in Gen.Frequency((2, Gen.Constant<(ushort, byte)[]>([])), (3, Gen.Choose(1, 3).SelectMany(count =>
            Change.ArrayOf(count))))
        from cut in Gen.Choose(0, 400)
        from isCut in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from order in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(8)
        select new Plan(wraps, payload, units, damage, (ushort)cut, isCut, order);

    private static Gen<(ushort, byte)> Change =>
        from at in Gen.Choose(0, 160)
        from value in Gen.Choose(1, 255)
        select ((ushort)at, (byte)value);

    [Fact]
    public void NothingOutsideAFrameIsReadAndEachFrameIsAccountedFor()
    {
        foreach (EndpointRange? destination in (EndpointRange?[])[Destination, null, EndpointRange.Parse("[ff15::1]:7148")])
            Prop.ForAll(Plans.ArrayOf().Resize(30).ToArbitrary(), plans => Check(plans, destination)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void DatagramThatIsNotDamagedComesThroughWhateverIsAroundIt() => Prop.ForAll(Plans.ToArbitrary(), plan =>
    {
        CaptureBuilder capture = new();
        foreach (byte[] frame in Frames(plan with { Damage = [], IsCut = false }, number: 3)) capture.AddRaw(frame);
        Captured captured = Captured.Read(capture.Bytes, Destination);
        return captured.Datagrams.Count == 1 && captured.Datagrams[0].SequenceEqual(plan.Payload) && captured.Flaws[0] == Outcome.None;
    }).QuickCheckThrowOnFailure();

    private static bool Check(Plan[] plans, EndpointRange? destination)
    {
        using FrameFilter filter = new(destination);
        using GuardedMemory memory = new(70_000);
        long frames = 0, given = 0, lost = 0, sum = 0;
        for (int number = 0; number < plans.Length; number++)
        {
            // Some share a number, so that pieces of different datagrams meet.
            foreach (byte[] frame in Frames(plans[number], number / 2))
            {
                frames++;
                int captured = plans[number].IsCut ? Math.Min(frame.Length, plans[number].Cut) : frame.Length;
                Span<byte> place = memory.Place(frame.AsSpan(0, captured));
                if (filter.Read(new PcapFrame(place, (uint)frame.Length, frames, 1), out Datagram datagram, out _)) Count(datagram);
                TakeLost();
                filter.Release();
            }
        }
        filter.Flush();
        TakeLost();
        long joined = filter.Gauges.GetValueOrDefault("reassembled");
        return filter.Skipped.Values.Sum() + filter.Gauges.GetValueOrDefault("fragments") + given - joined - lost == frames && sum >= 0;

        void Count(in Datagram datagram)
        {
            given++;
            if (datagram.Flaw == Outcome.None) foreach (byte one in datagram.Span) sum += one;
        }

        void TakeLost()
        {
            while (filter.HasLost)
            {
                filter.TakeLost(out Datagram datagram, out _);
                given++;
                lost++;
                Assert.True(datagram.Flaw is Outcome.Fragment or Outcome.TruncatedCapture);
            }
        }
    }

    /// <summary>The frames of a plan: a datagram, in pieces or not, in its wraps, damaged.</summary>
    private static IEnumerable<byte[]> Frames(Plan plan, int number)
    {
        byte[][] pieces = Fragments.FragmentTests.Pieces(plan.Payload, plan.PieceUnits * 8, id: number);
        if (plan.PieceUnits > 10) pieces = [Feed(plan.Payload)];
        foreach ((byte[] piece, int at) in pieces.Select((piece, at) => (piece, at)).OrderBy(one => plan.Order[one.at % plan.Order.Length]))
        {
            byte[] frame = Outer(piece);
            foreach (int wrap in plan.Wraps) frame = Wraps[wrap](frame);
            foreach ((ushort place, byte value) in plan.Damage) if (place < frame.Length) frame[place] ^= value;
            yield return frame;
        }
    }
}
