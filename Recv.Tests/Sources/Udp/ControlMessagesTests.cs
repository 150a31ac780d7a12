using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Recv.Sources.Udp;

namespace Recv.Tests.Sources.Udp;

public sealed class ControlMessagesTests
{
    [Fact]
    public void SegmentSizeAndDropsAreFoundAmongOthers()
    {
        uint drops = 1;
        ControlMessages.Read(
            [.. Piece(1, 29, [1, 2, 3, 4, 5, 6, 7, 8, 9]), .. Piece(1, 40, [5, 0, 0, 0]), .. Piece(17, 104, [0xc0, 5, 0, 0])],
                out int segment, ref drops);
        Assert.Equal((1472, 5u), (segment, drops));
    }

    [Fact]
    public void WithoutControlDataThereIsOnePacketAndNoNewsOfDrops()
    {
        uint drops = 7;
        ControlMessages.Read([], out int segment, ref drops);
        Assert.Equal((0, 7u), (segment, drops));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(15L)]
    [InlineData(19L)]
    [InlineData(25L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void AnImpossibleLengthEndsTheReading(long length)
    {
        byte[] bytes = Piece(17, 104, [1, 0, 0, 0]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        uint drops = 0;
        ControlMessages.Read(bytes, out int segment, ref drops);
        Assert.Equal(0, segment);
    }

    [Fact]
    public void ArbitraryBytesAreReadToTheirEnd() => Prop.ForAll<byte[]>(bytes =>
    {
        uint drops = 0;
        ControlMessages.Read([.. Piece(1, 40, [1, 0, 0, 0]), .. bytes], out int segment, ref drops);
        return segment >= 0;
    }).QuickCheckThrowOnFailure();

    private static byte[] Piece(int level, int type, byte[] data)
    {
        byte[] bytes = new byte[16 + (data.Length + 7 & ~7)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 16 + data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), level);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), type);
        data.CopyTo(bytes, 16);
        return bytes;
    }
}
