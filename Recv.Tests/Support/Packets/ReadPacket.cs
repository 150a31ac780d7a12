using System.Buffers.Binary;
using System.Numerics;
using Recv.Spead;

namespace Recv.Tests.Support.Packets;

/// <summary>A SPEAD packet taken apart by arithmetic on whole numbers, so that it shares nothing with the code under test.</summary>
internal sealed class ReadPacket
{
    public ReadPacket(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(0x53, bytes[0]);
        Assert.Equal(4, bytes[1]);
        Assert.Equal(8, bytes[2] + bytes[3]);
        AddressBits = bytes[3] * 8;
        int pointers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        BigInteger span = BigInteger.Pow(2, AddressBits);
        BigInteger half = BigInteger.Pow(2, 63);
        for (int k = 0; k < pointers; k++)
        {
            var pointer = new BigInteger(bytes.Slice(8 + 8 * k, 8), isUnsigned: true, isBigEndian: true);
            bool immediate = pointer >= half;
            if (immediate) pointer -= half;
            Items.Add(new ItemPointer((long)(pointer / span), immediate, (long)(pointer % span)));
        }
        Payload = bytes[(8 + 8 * pointers)..].ToArray();
        Bytes = bytes.ToArray();
    }

    public byte[] Bytes { get; }

    public int AddressBits { get; }

    public List<ItemPointer> Items { get; } = [];

    public byte[] Payload { get; }

    public long HeapCnt => Immediate(1);

    public long HeapLength => Immediate(2);

    public long PayloadOffset => Immediate(3);

    public long PayloadLength => Immediate(4);

    public long Immediate(long id) => Items.Single(item => item.Id == id && item.IsImmediate).Value;

    /// <summary>The heap that these packets are, put together from any order; each byte exactly once.</summary>
    public static Heap Join(IReadOnlyList<ReadPacket> packets)
    {
        ReadPacket first = packets.Single(packet => packet.PayloadOffset == 0);
        byte[] payload = new byte[first.HeapLength];
        int[] times = new int[payload.Length];
        foreach (ReadPacket packet in packets)
        {
            Assert.Equal(first.HeapCnt, packet.HeapCnt);
            Assert.Equal(first.HeapLength, packet.HeapLength);
            Assert.Equal(packet.PayloadLength, packet.Payload.Length);
            packet.Payload.CopyTo(payload, packet.PayloadOffset);
            for (int k = 0; k < packet.Payload.Length; k++) times[packet.PayloadOffset + k]++;
        }
        Assert.All(times, count => Assert.Equal(1, count));
        return new Heap(new Flavour(first.AddressBits), first.HeapCnt, [.. first.Items.Skip(4)], payload);
    }
}
