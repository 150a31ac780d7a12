using Recv.Ledger;
using Recv.Tests.Model;

namespace Recv.Tests.Support.Packets;

public sealed class PacketBuilderTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(40)]
    [InlineData(48)]
    [InlineData(56)]
    public void BuiltPacketDecodesToItselfInAnyFlavour(int addressBits)
    {
        byte[] bytes = new PacketBuilder(addressBits).Addressed(0x43, 5).Control(7, 9, 3, 2).Stop().Payload([1, 2]).Build();
        Assert.Equal(Outcome.None, ModelPacket.Decode(bytes, out ModelPacket? packet));
        Assert.Equal((addressBits, 7L, 9L, 3L), (packet!.AddressBits, packet.HeapCnt, packet.HeapLength, packet.PayloadOffset));
        Assert.Equal(new ModelItem(0x43, false, 5), packet.Items[0]);
        Assert.Equal([1, 2], packet.Payload);
        Assert.True(packet.IsStop);
    }

    [Fact]
    public void ThePacketOfTheSpecificationIsBuiltByteForByte() => Assert.Equal(
        "5304020600000002" + "8001000000000abc" + "4300000000000010" + "ff",
        Convert.ToHexStringLower(new PacketBuilder().Immediate(1, 0xabc).Addressed(0x4300, 0x10).Payload([0xff]).Build()));

    [Fact]
    public void ALieIsBuiltAsItIsTold()
    {
        byte[] bytes = new PacketBuilder().Control(1, 4, 0, 4).Payload([1, 2, 3, 4]).ItemCount(900).Overwrite(1, 3).Build();
        Assert.Equal((3, 900 >> 8, 900 & 255), (bytes[1], bytes[6], bytes[7]));
    }
}
