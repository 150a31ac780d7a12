using FsCheck;
using FsCheck.Fluent;
using Recv.Tests.Model;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Support.Packets;

/// <summary>
/// Generators of hostile and merely unlucky traffic: arbitrary bytes, damaged packets, and sequences of well-formed packets
/// with few heap cnts and timestamps near the window, so that heaps meet, collide and come too late.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public static class PacketSequences
{
    // Stands for the packet as it was planned.
    private static readonly byte[] Genuine = new byte[1];

    /// <summary>Arbitrary bytes; half of them begin as a SPEAD header does.</summary>
    public static Gen<byte[]> ArbitraryBytes { get; } =
        from bytes in Gen.Sized(size => Gen.Choose(0, 4 * size).SelectMany(length => AnyByte.ArrayOf(length)))
        from header in Gen.Elements(true, false)
        from addressBytes in Gen.Choose(0, 8)
        from items in Gen.Choose(0, 6)
        select header ? WithHeader(bytes, addressBytes, items) : bytes;

    /// <summary>A valid packet with up to three bytes changed, or cut, or with bytes behind it.</summary>
    public static Gen<byte[]> DamagedPacket { get; } =
        from layout in ModelLayouts.Any
        from plan in Plan(layout)
        from changes in Gen.Choose(0, 3)
        from places in Gen.Choose(0, int.MaxValue).ArrayOf(changes)
        from values in AnyByte.ArrayOf(changes)
        from resize in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(-90, 8)))
        select Damage(plan.Build(layout), places, values, resize);

    /// <summary>Sequences for a stream of any small layout and any settings.</summary>
    public static Arbitrary<PacketSequence> Sequences { get; } = Arb.From(
        from layout in ModelLayouts.Any
        from settings in Settings(layout)
        from sequence in Sequence(layout, settings)
        select sequence,
        sequence => sequence.Shrink());

    private static Gen<byte> AnyByte => Gen.Choose(0, 255).Select(value => (byte)value);

    private static Gen<ModelSettings> Settings(ModelLayout layout) =>
        from maxHeaps in Gen.Choose(1, 4)
        from substreams in Gen.Choose(1, 3)
        from stop in Gen.Elements(true, false)
        from anyOrder in Gen.Elements(true, false)
        from maxChunks in Gen.Choose(1, 4)
        from presence in Gen.Elements(0, 0, 4, (int)layout.HeapBytes)
        select new ModelSettings
        {
            MaxHeaps = maxHeaps,
            Substreams = substreams,
            StopOnStopItem = stop,
            AllowOutOfOrder = anyOrder,
            MaxChunks = maxChunks,
            PacketPresenceBytes = presence,
        };

    private static Gen<PacketSequence> Sequence(ModelLayout layout, ModelSettings settings) =>
        from heaps in Gen.Sized(size => Gen.Choose(0, size / 2)).SelectMany(count => Heap(layout).ArrayOf(count))
        let packets = heaps.SelectMany((heap, place) => heap.Select(packet => (packet, place))).ToArray()
        from jitter in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(1, 10)))
        from delays in Gen.Choose(0, jitter).ArrayOf(packets.Length)
        from damage in Gen.Frequency((30, Gen.Constant(Genuine)), (1, DamagedPacket), (1, ArbitraryBytes))
            .ArrayOf(packets.Length)
        select new PacketSequence(layout, settings,
        [
            .. packets.Select((packet, at) =>
            (Bytes: damage[at] == Genuine ? packet.packet.Build(layout) : damage[at], Due: 2 * packet.place + delays[at]))
                .OrderBy(packet => packet.Due).Select(packet => packet.Bytes),
        ]);

    // The packets of one heap: cut somewhere, some lost, some twice, some changed.
    private static Gen<PacketPlan[]> Heap(ModelLayout layout) =>
        from first in Plan(layout)
        from pieces in first.HeapLength is null ? Gen.Frequency((8, Gen.Constant(1)), (1, Gen.Choose(2, 4))) : Gen.Choose(1, 4)
        from cuts in Gen.Choose(0, (int)layout.HeapBytes).ArrayOf(pieces - 1)
        from repeatItems in Gen.Elements(true, false)
        from copies in Gen.Frequency((1, Gen.Constant(0)), (12, Gen.Constant(1)), (1, Gen.Constant(2))).ArrayOf(pieces)
        from oddities in Oddity(layout).ArrayOf(pieces)
        select Pieces(first, [0, .. cuts.Order(), (int)layout.HeapBytes])
            .Select((piece, at) => oddities[at](at == 0 || repeatItems ? piece : piece with { Timestamp = null }))
            .SelectMany((piece, at) => Enumerable.Repeat(piece, copies[at])).ToArray();

    private static IEnumerable<PacketPlan> Pieces(PacketPlan heap, int[] edges) =>
        edges.Zip(edges.Skip(1), (from, to) => heap with { PayloadOffset = from, PayloadLength = to - from });

    private static Gen<PacketPlan> Plan(ModelLayout layout) =>
        from addressBits in Gen.Frequency((8, Gen.Constant(48)), (1, Gen.Elements(40, 32, 16, 8)))
        from cnt in Gen.Frequency((12, Gen.Choose(0, 6).Select(cnt => (long)cnt)), (1, Gen.Elements((1L << 48) - 1, 1L << 40)))
        from batch in Gen.Frequency((12, Gen.Choose(0, 12)), (1, Gen.Choose(0, 1000)))
        from offGrid in Gen.Frequency((12, Gen.Constant(0)), (1, Gen.Choose(1, 15)))
        from index in Gen.Frequency((8, Gen.Choose(0, 1)), (1, Gen.Choose(0, 4)))
        from seed in Gen.Choose(0, 250)
        from isHeap in layout.PacketHeaps ? Gen.Frequency(
            (6, Gen.Constant((true, true))), (1, Gen.Elements((true, false), (false, true), (false, false)))) : Gen.Constant((false, false))
        select new PacketPlan
        {
            AddressBits = addressBits,
            HeapCnt = cnt,
            HeapLength = isHeap.Item1 ? null : layout.HeapBytes,
            HasOffset = !isHeap.Item2,
            PayloadLength = (int)layout.HeapBytes,
            Timestamp = batch * layout.ChunkTimestampStep / layout.ChunkBatches + offGrid,
            Index = index,
            Seed = seed,
        };

    private static Gen<Func<PacketPlan, PacketPlan>> Oddity(ModelLayout layout) =>
        from bytes in Gen.Choose(0, (int)layout.HeapBytes + 4)
        from other in Gen.Elements(0L, 1, layout.HeapBytes - 1, layout.HeapBytes + 1, 1L << 47)
        from odd in Gen.Frequency<Func<PacketPlan, PacketPlan>>(
            (40, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan)),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { HeapLength = null })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { HasOffset = false })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { TimestampAddress = bytes })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { TimestampAddress = bytes, Address = other })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { HeapLength = other })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { PayloadOffset = bytes })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { PayloadLength = bytes })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { PayloadLength = 0 })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { HeapLength = bytes, PayloadLength = bytes })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { HeapLength = 0, PayloadLength = 0 })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { Timestamp = null })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { AddressBits = 40 })),
            (2, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { Address = bytes })),
            (1, Gen.Constant<Func<PacketPlan, PacketPlan>>(plan => plan with { Stop = true })))
        select odd;

    private static byte[] WithHeader(byte[] bytes, int addressBytes, int items) =>
        [0x53, 4, (byte)(8 - addressBytes), (byte)addressBytes, 0, 0, 0, (byte)items, .. bytes];

    private static byte[] Damage(byte[] packet, int[] places, byte[] values, int resize)
    {
        for (int change = 0; change < places.Length; change++) packet[places[change] % packet.Length] = values[change];
        Array.Resize(ref packet, Math.Max(0, packet.Length + resize));
        return packet;
    }
}
