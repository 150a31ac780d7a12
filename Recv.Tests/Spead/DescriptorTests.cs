using Recv.Spead;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Spead;

public class DescriptorTests
{
    [Fact]
    public void FormatAndShapeHaveTheWidthsOfTheFlavour()
    {
        var descriptor = new Descriptor { Id = 0x1234, Name = "samples", Format = [('i', 10), ('u', 258)], Shape = [3, -1] };
        Heap heap = ReadPacket.Join([new ReadPacket(descriptor.Encode(Flavour.Spead6440))]);
        Assert.Equal(0x1234, heap.Items.Single(item => item.Id == 0x14).Value);
        byte[] payload = heap.Payload.ToArray();
        Assert.Equal("samples"u8.ToArray(), payload[..7]);
        Assert.Equal([(byte)'i', 0, 0, 10, (byte)'u', 0, 1, 2], payload[7..15]);
        Assert.Equal([0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 0], payload[15..]);
    }

    [Fact]
    public void FieldWiderThanTheFlavourCanSayIsRefused()
    {
        var descriptor = new Descriptor { Id = 1, Name = "x", Format = [('u', 256)] };
        Assert.Throws<RecvException>(() => descriptor.Encode(new Flavour(56)));
    }
}
