using Recv.Spead;

namespace Recv.Tests.Spead;

public class ItemPointerTests
{
    [Fact]
    public void PointersAreThoseOfTheCaptures()
    {
        Assert.Equal(0x9600_0000_0002_8000UL, ItemPointer.Immediate(0x1600, 0x28000).Encode(Flavour.Spead6448));
        Assert.Equal(0x3300_0000_0000_0000UL, ItemPointer.Addressed(0x3300, 0).Encode(Flavour.Spead6448));
        Assert.Equal(0x8016_0000_0190_0000UL, ItemPointer.Immediate(0x1600, 0x1900000).Encode(Flavour.Spead6440));
    }

    [Fact]
    public void ValueThatDoesNotFitIsRefused()
    {
        Assert.Equal(ulong.MaxValue, ItemPointer.Immediate(0x7fff, (1L << 48) - 1).Encode(Flavour.Spead6448));
        Assert.Throws<RecvException>(() => ItemPointer.Immediate(1, 1L << 48).Encode(Flavour.Spead6448));
        Assert.Throws<RecvException>(() => ItemPointer.Immediate(1, -1).Encode(Flavour.Spead6448));
        Assert.Throws<RecvException>(() => ItemPointer.Immediate(0x8000, 0).Encode(Flavour.Spead6448));
        Assert.Throws<RecvException>(() => ItemPointer.Addressed(-1, 0).Encode(Flavour.Spead6448));
    }
}
