using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Tests.Contracts;

namespace Recv.Tests.Sources.Memory;

public sealed class MemorySourceTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) => new GivenFixture(Over(datagrams));

    [Fact]
    public void DatagramsAreRepeatedAsOftenAsAsked()
    {
        byte[][] sent = [[1], [2, 2], [3]];
        using MemorySource source = Over(sent, new MemorySourceOptions { Repeats = 3, BatchSize = 2 });
        Datagram[] batch = new Datagram[10];
        List<int> counts = [];
        List<byte[]> received = [];
        while (!source.Ended)
        {
            counts.Add(source.Receive(batch, wait: true));
            received.AddRange(batch[..counts[^1]].Select(datagram => datagram.Span.ToArray()));
        }
        Assert.Equal([.. sent, .. sent, .. sent], received);
        Assert.Equal([2, 1, 2, 1, 2, 1], counts);
    }

    [Fact]
    public void AnEndlessSourceGoesOnAndOn()
    {
        using MemorySource source = Over([[1], [2]], new MemorySourceOptions { Repeats = MemorySourceOptions.Endless });
        Datagram[] batch = new Datagram[2];
        for (int i = 0; i < 10_000; i++) Assert.Equal(2, source.Receive(batch, wait: false));
        Assert.False(source.Ended);
    }

    [Fact]
    public void TheSourceHasCopiesOfItsOwn()
    {
        byte[] bytes = [1, 2, 3];
        using MemorySource source = Over([bytes]);
        bytes[1] = 99;
        Datagram[] batch = new Datagram[1];
        source.Receive(batch, wait: false);
        Assert.Equal([1, 2, 3], batch[0].Span.ToArray());
    }

    [Fact]
    public void WithoutDatagramsItHasEndedFromTheStart()
    {
        using MemorySource source = Over([], new MemorySourceOptions { Repeats = MemorySourceOptions.Endless });
        Assert.True(source.Ended);
    }

    private static MemorySource Over(byte[][] datagrams, MemorySourceOptions? options = null) =>
        new(datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram), options);
}
