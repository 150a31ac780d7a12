using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Sources.Udp;

namespace Recv.Tests.Sources;

public sealed class SourceFactoryTests
{
    [Fact]
    public void AddressesBecomeOneSourceOfSockets()
    {
        using IPacketSource source = SourceFactory.Create(SourceAddress.ParseList("239.1.1.1+1:7148?if=lo,10.0.0.1:7149"));
        Assert.IsType<UdpSource>(source);
        Assert.Equal("239.1.1.1+1:7148?if=lo,10.0.0.1:7149", source.Name);
    }

    [Fact]
    public void ACaptureBecomesASourceOfItsOwn()
    {
        using IPacketSource source = SourceFactory.Create([SourceAddress.Parse("pcap:some.pcap")]);
        Assert.IsType<PcapSource>(source);
        Assert.Equal("pcap:some.pcap", source.Name);
    }

    [Fact]
    public void ACaptureSharesAStreamWithNobody() => AssertUsage(
        "cannot share a stream", () => SourceFactory.Create([SourceAddress.Parse("10.0.0.1"), SourceAddress.Parse("pcap:x")]));

    [Theory]
    [InlineData("10.0.0.1,xdp:eth0/0:10.0.0.2", "cannot share a stream")]
    [InlineData("packet:eth0:10.0.0.1,packet:eth1:10.0.0.2", "takes frames from another place")]
    [InlineData("packet:eth0:239.1.1.1,239.1.1.1", "is already in this stream")]
    [InlineData("xdp:eth0/0-1:10.0.0.1", "names several queues")]
    [InlineData("xdp:eth0/0:10.0.0.1?frames=100", "give 4096 to 1048576")]
    [InlineData("xdp:eth0/0:10.0.0.1?mode=fast", "give auto, zerocopy, copy or generic")]
    [InlineData("xdp:eth0/0:10.0.0.1?busy_poll=-1", "give 0 to 1000000")]
    public void FramesOfADeviceAreOneStream(string list, string part) =>
        AssertUsage(part, () => SourceFactory.Create(SourceAddress.ParseList(list)));

    [Theory]
    [InlineData("packet:eth0:10.0.0.1", WaitPolicy.Spin, 0, "Wait for source")]
    [InlineData("packet:eth0:10.0.0.1", WaitPolicy.Nap, 200, "Wait for source")]
    [InlineData("shim:./none.so", WaitPolicy.Block, 0, "Wait for source")]
    [InlineData("shim:./none.so", WaitPolicy.Nap, 0, "Buffer for source")]
    [InlineData("xdp:eth0/0:10.0.0.1", WaitPolicy.Spin, 0, "at least 16 MiB")]
    public void NamedSettingThatTheSourceDoesNotHaveIsRefused(string source, WaitPolicy wait, int nap, string part) =>
        AssertUsage(part, () => SourceFactory.Create([SourceAddress.Parse(source)],
            new SourceOptions { Wait = wait, NapMicroseconds = nap, BufferBytes = 1 << 20, BufferRequired = true }));

    [Fact]
    public void AStreamNeedsASource() => AssertUsage("needs a source", () => SourceFactory.Create([]));

    [Fact]
    public void AnAddressMayNotComeTwice() => AssertUsage(
        "would come twice", () => SourceFactory.Create(SourceAddress.ParseList("239.1.1.0+3:7148,239.1.1.2:7148")));

    [Fact]
    public void ImpossibleOptionsAreRefused() => Assert.All(
        new SourceOptions[] { new() { Messages = 0 }, new() { MessageBytes = 70_000, Gro = false }, new() { MessageBytes = 9000 },
            new() { BufferBytes = 0 } },
        options => AssertUsage("", () => SourceFactory.Create([SourceAddress.Parse("10.0.0.1")], options)));

    private static void AssertUsage(string part, Action create)
    {
        RecvException mistake = Assert.Throws<RecvException>(create);
        Assert.Equal(RecvException.Usage, mistake.ExitCode);
        Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
    }
}
