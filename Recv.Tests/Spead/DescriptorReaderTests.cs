using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Recv.Spead;

namespace Recv.Tests.Spead;

public sealed class DescriptorReaderTests
{
    public static TheoryData<int> Flavours => [40, 48];

    [Theory]
    [MemberData(nameof(Flavours))]
    public void DescriptorRoundTrips(int addressBits)
    {
        Descriptor written = new()
        {
            Id = 0x4300,
            Name = "feng_raw",
            Description = "Channelised samples",
            Format = [('i', 8), ('f', 32)],
            Shape = [16, -1, 2],
            NumpyHeader = "{'descr': '>i1', 'fortran_order': False, 'shape': (16, 256, 2, 2)}",
        };
        bool bugCompat = false;
        Descriptor read = DescriptorReader.Read(written.Encode(new Flavour(addressBits)), ref bugCompat)!;
        Assert.False(bugCompat);
        Assert.Equal((written.Id, written.Name, written.Description, written.NumpyHeader),
            (read.Id, read.Name, read.Description, read.NumpyHeader));
        Assert.Equal(written.Format.AsEnumerable(), read.Format);
        Assert.Equal(written.Shape.AsEnumerable(), read.Shape);
    }

    [Fact]
    public void EmptyFieldsBeforeAFullOneStayEmpty()
    {
        bool bugCompat = false;
        Descriptor read = DescriptorReader.Read(
            new Descriptor { Id = 1, Name = "n", NumpyHeader = "{'shape': ()}" }.Encode(Flavour.Spead6448), ref bugCompat)!;
        Assert.Empty(read.Format);
        Assert.Empty(read.Shape);
        Assert.Equal("{'shape': ()}", read.NumpyHeader);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(40)]
    public void PySpead052IsKnownByTheSizesOfItsFields(int addressBits)
    {
        // Fields of 4 and 8 bytes whatever the flavour, bit 1 for a variable axis, the byte order of numpy turned round.
        byte[] format = [(byte)'u', 0, 0, 32];
        byte[] shape = [0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0];
        byte[] packet = new HeapBuilder(new Flavour(addressBits), 1).Immediate(ItemIds.DescriptorId, 0x1234)
            .Addressed(ItemIds.DescriptorName, "old"u8).Addressed(ItemIds.DescriptorFormat, format)
            .Addressed(ItemIds.DescriptorShape, shape)
            .Addressed(ItemIds.DescriptorNumpyHeader, Encoding.UTF8.GetBytes("{'descr': '<u4'}")).Build().ToPackets(int.MaxValue)[0];
        bool bugCompat = false;
        Descriptor read = DescriptorReader.Read(packet, ref bugCompat)!;
        Assert.True(bugCompat);
        Assert.Equal(('u', 32), Assert.Single(read.Format));
        Assert.Equal([256L, -1L], read.Shape.AsEnumerable());
        Assert.Equal("{'descr': '>u4'}", read.NumpyHeader);
    }

    [Fact]
    public void MalformedDescriptorGivesNone()
    {
        bool bugCompat = false;
        Assert.Null(DescriptorReader.Read([], ref bugCompat));
        Assert.Null(DescriptorReader.Read([1, 2, 3], ref bugCompat));
        Assert.Null(DescriptorReader.Read(new HeapBuilder(Flavour.Spead6448, 1).Addressed(ItemIds.DescriptorName, "no id"u8).Build()
            .ToPackets(int.MaxValue)[0], ref bugCompat));
    }

    [Fact]
    public void DamagedDescriptorsAreReadInsideTheirBytes() => Prop.ForAll<(int At, byte Value)[]>(changes =>
    {
        byte[] bytes = new Descriptor { Id = 7, Name = "name", Description = "d", Format = [('i', 8)], Shape = [3, 4] }.Encode(
            Flavour.Spead6448);
        foreach ((int at, byte value) in changes) bytes[(at & int.MaxValue) % bytes.Length] ^= value;
        bool bugCompat = false;
        DescriptorReader.Read(bytes, ref bugCompat);
    }).QuickCheckThrowOnFailure();
}
