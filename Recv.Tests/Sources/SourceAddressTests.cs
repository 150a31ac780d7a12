using System.Net;
using Recv.Sources;

namespace Recv.Tests.Sources;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("239.10.10.0+7:7148", "239.10.10.0", 8, 7148)]
    [InlineData("udp:239.10.10.0:7150", "239.10.10.0", 1, 7150)]
    [InlineData("10.0.0.1", "10.0.0.1", 1, 7148)]
    [InlineData("10.0.0.1:65535", "10.0.0.1", 1, 65535)]
    [InlineData("0.0.0.0:1", "0.0.0.0", 1, 1)]
    [InlineData("239.1.1.1+0", "239.1.1.1", 1, 7148)]
    [InlineData("[ff15::1]+7:7149", "ff15::1", 8, 7149)]
    [InlineData("udp:[::1]", "::1", 1, 7148)]
    [InlineData("239.255.255.254+1:7148", "239.255.255.254", 2, 7148)]
    public void AddressGroupsAndPortAreRead(string text, string address, int count, int port)
    {
        SourceAddress source = SourceAddress.Parse(text);
        Assert.Equal(SourceKind.Udp, source.Kind);
        Assert.Equal(new EndpointRange(IPAddress.Parse(address), count, port), source.Destination);
        Assert.Equal(text, source.Text);
    }

    [Fact]
    public void GroupsCountOnOverTheBytesOfAnAddress()
    {
        IEnumerable<IPEndPoint> endpoints = SourceAddress.Parse("239.10.255.254+3:7148").Destination!.Endpoints;
        Assert.Equal(
            ["239.10.255.254:7148", "239.10.255.255:7148", "239.11.0.0:7148", "239.11.0.1:7148"],
            endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Equal("[ff15::1:0]:7148", SourceAddress.Parse("[ff15::ffff]+1").Destination!.Endpoints.Last().ToString());
    }

    [Fact]
    public void SenderInterfaceAndConstantsAreRead()
    {
        SourceAddress source = SourceAddress.Parse("232.1.1.1+1:7148@10.0.0.5?if=eth0&pol=1&beam=0x10&offset=-3");
        Assert.Equal(IPAddress.Parse("10.0.0.5"), source.Sender);
        Assert.Equal("eth0", source.Interface);
        Assert.Equal(new Dictionary<string, long> { ["pol"] = 1, ["beam"] = 16, ["offset"] = -3 }, source.Constants);
        Assert.Equal(IPAddress.Parse("fe80::1"), SourceAddress.Parse("[ff35::1]@[fe80::1]").Sender);
    }

    [Theory]
    [InlineData("[fe80::1%eth1]:7149", "fe80::1", null)]
    [InlineData("[fe80::1%eth1]:7149?if=eth1", "fe80::1", null)]
    [InlineData("[ff32::1%eth1]:7149@[fe80::2%eth1]", "ff32::1", "fe80::2")]
    [InlineData("[ff32::1]:7149@fe80::2%eth1", "ff32::1", "fe80::2")]
    [InlineData("239.1.1.1%eth1:7149", "239.1.1.1", null)]
    public void TheZoneOfAnAddressIsItsInterface(string text, string address, string? sender)
    {
        SourceAddress source = SourceAddress.Parse(text);
        Assert.Equal("eth1", source.Interface);
        Assert.Equal(new EndpointRange(IPAddress.Parse(address), 1, 7149), source.Destination);
        Assert.Equal(sender is null ? null : IPAddress.Parse(sender), source.Sender);
    }

    [Fact]
    public void FramesForOtherHostsAreTakenWhenAsked()
    {
        Assert.True(SourceAddress.Parse("packet:eth0:10.0.0.9:7148?promiscuous=1&pol=0").IsPromiscuous);
        SourceAddress xdp = SourceAddress.Parse("xdp:eth0/0:10.0.0.9:7148?mode=copy&promiscuous=1");
        Assert.True(xdp.IsPromiscuous);
        Assert.Equal(["mode"], xdp.Settings.Keys);
        Assert.False(SourceAddress.Parse("packet:eth0:10.0.0.9:7148?promiscuous=0").IsPromiscuous);
    }

    [Fact]
    public void ACaptureHasAFileAndPerhapsADestination()
    {
        SourceAddress plain = SourceAddress.Parse("pcap:/tmp/a,b.pcap");
        Assert.Equal((SourceKind.Pcap, "/tmp/a,b.pcap", null), (plain.Kind, plain.File, plain.Destination));
        SourceAddress one = SourceAddress.Parse("pcap:x.pcap?dst=10.20.30.40:7149&pol=1");
        Assert.Equal(new EndpointRange(IPAddress.Parse("10.20.30.40"), 1, 7149), one.Destination);
        Assert.Equal(1, one.Constants["pol"]);
    }

    [Fact]
    public void AListIsSeparatedByCommas()
    {
        IReadOnlyList<SourceAddress> list = SourceAddress.ParseList("239.1.1.1:7148?if=lo,[ff15::1]:7149,udp:10.0.0.1");
        Assert.Equal([7148, 7149, 7148], list.Select(source => source.Destination!.Port));
        Assert.Single(SourceAddress.ParseList("pcap:a,b.pcap"));
    }

    [Fact]
    public void ConstantsOfAListComeTogetherUnlessTheyContradict()
    {
        Assert.Equal(
            new Dictionary<string, long> { ["pol"] = 1, ["beam"] = 2 },
            SourceAddress.ConstantsOf(SourceAddress.ParseList("10.0.0.1?pol=1,10.0.0.2?pol=1&beam=2")));
        AssertUsage("make it two streams", () => SourceAddress.ConstantsOf(SourceAddress.ParseList("10.0.0.1?pol=1,10.0.0.2?pol=0")));
    }

    [Theory]
    [InlineData("", "no address")]
    [InlineData("udp:", "no address")]
    [InlineData("localhost:7148", "'localhost' is a host name, and names are not looked up")]
    [InlineData("digitiser-7.example.org:7148", "see: getent hosts digitiser-7.example.org")]
    [InlineData("dmc.example.org:7148@10.0.0.1", "is a host name")]
    [InlineData("localhost+3:7148", "is a host name")]
    [InlineData("localhost", "not an IP address")]
    [InlineData("frob:239.1.1.1", "there are udp:, pcap:, packet:, xdp: and shim:")]
    [InlineData("packet:239.1.1.1", "does not name device and address")]
    [InlineData("packet:eth0:", "no address")]
    [InlineData("packet:eth0:239.1.1.1?mode=copy", "not a whole number")]
    [InlineData("xdp:eth0", "does not name device and address")]
    [InlineData("xdp:eth0:239.1.1.1", "which queues of eth0")]
    [InlineData("xdp:eth0/:239.1.1.1", "are no queues")]
    [InlineData("xdp:eth0/3-1:239.1.1.1", "are no queues")]
    [InlineData("xdp:eth0/0-1-2:239.1.1.1", "are no queues")]
    [InlineData("xdp:eth0/9999:239.1.1.1", "are no queues")]
    [InlineData("xdp:eth0/0:239.1.1.1?mode=copy&mode=copy", "gives mode twice")]
    [InlineData("shim:", "names no library")]
    [InlineData("shim:?x", "names no library")]
    [InlineData("shim:./lib.so?x=1#if=eth0", "behind # stand constants")]
    [InlineData("shim:./lib.so#pol=a", "is not a whole number")]
    [InlineData("10.0.1", "not an IP address")]
    [InlineData("10.0.0.256", "not an IP address")]
    [InlineData("010.0.0.1", "not an IP address")]
    [InlineData("[10.0.0.1]", "not an IP address")]
    [InlineData("ff15::1", "in brackets")]
    [InlineData("::1", "in brackets")]
    [InlineData("[ff15::1", "not closed")]
    [InlineData("[fe80::1%2]:7148", "'%2' behind an address is the interface; write its name")]
    [InlineData("[fe80::1%]:7148", "'%' behind an address is the interface")]
    [InlineData("[fe80::1%eth0]:7148?if=eth1", "names two interfaces, eth0 and eth1")]
    [InlineData("[ff32::1%eth0]@[fe80::1%eth1]", "names two interfaces, eth1 and eth0")]
    [InlineData("239.1.1.1?promiscuous=1", "packet:eth0:ADDR:PORT and xdp:eth0/0:ADDR:PORT do")]
    [InlineData("packet:eth0:239.1.1.1?promiscuous=yes", "give 1 to take frames for other hosts")]
    [InlineData("[::ffff:10.0.0.1]", "as 10.0.0.1")]
    [InlineData("10.0.0.1:0", "not a port")]
    [InlineData("10.0.0.1:65536", "not a port")]
    [InlineData("10.0.0.1:", "not a port")]
    [InlineData("10.0.0.1: 7148", "not a port")]
    [InlineData("10.0.0.1+3", "not one; list")]
    [InlineData("239.1.1.1+x", "+7 adds seven groups")]
    [InlineData("239.1.1.1+-1", "+7 adds seven groups")]
    [InlineData("239.1.1.1+2147483647", "+7 adds seven groups")]
    [InlineData("[ff15::1]x:7148", "+7 adds seven groups")]
    [InlineData("239.1.1.1+7148", "takes a socket")]
    [InlineData("239.255.255.255+1", "beyond the last multicast address")]
    [InlineData("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]+1", "beyond the last multicast address")]
    [InlineData("10.0.0.1:7148@10.0.0.2", "is not a group")]
    [InlineData("239.1.1.1@fe80::1", "different IP versions")]
    [InlineData("239.1.1.1@239.1.1.2", "is a multicast group")]
    [InlineData("239.1.1.1@", "not an IP address")]
    [InlineData("239.1.1.1?if", "not name=value")]
    [InlineData("239.1.1.1?", "not name=value")]
    [InlineData("239.1.1.1?if=lo&if=eth0", "gives if twice")]
    [InlineData("239.1.1.1?pol=0&pol=0", "gives pol twice")]
    [InlineData("239.1.1.1?pol=x", "not a whole number")]
    [InlineData("239.1.1.1?pol=99999999999999999999", "not a whole number")]
    [InlineData("239.1.1.1?dst=10.0.0.1:1", "of a capture")]
    [InlineData("pcap:", "names no file")]
    [InlineData("pcap:x?if=lo", "no interface")]
    [InlineData("pcap:x?dst=nobody", "not an IP address")]
    public void AMistakeIsToldInOneLine(string text, string part) => AssertUsage(part, () => SourceAddress.Parse(text));

    [Theory]
    [InlineData("packet:eth0:239.1.1.0+3:7149@10.0.0.5?pol=1")]
    [InlineData("packet:eth0 239.1.1.0+3:7149@10.0.0.5?pol=1")]
    public void ADeviceComesBeforeTheAddress(string text)
    {
        SourceAddress source = SourceAddress.Parse(text);
        Assert.Equal((SourceKind.Packet, "eth0", null), (source.Kind, source.Device, source.Interface));
        Assert.Equal(new EndpointRange(IPAddress.Parse("239.1.1.0"), 4, 7149), source.Destination);
        Assert.Equal((IPAddress.Parse("10.0.0.5"), 1), (source.Sender, source.Constants["pol"]));
    }

    [Fact]
    public void QueuesAreStreamsAndTheDeviceHoldsForTheWholeList()
    {
        IReadOnlyList<SourceAddress> list = SourceAddress.ParseList(
            "xdp:eth0/2-4:239.1.1.1?mode=copy&frames=8192&pol=0&if=eth0.5,[ff15::1]:7149");
        Assert.All(list, source =>
            Assert.Equal((SourceKind.Xdp, "eth0", new QueueRange(2, 4), null), (source.Kind, source.Device, source.Queues, source.Queue)));
        Assert.Equal("eth0.5", list[0].Interface);
        Assert.Equal(new Dictionary<string, string> { ["mode"] = "copy", ["frames"] = "8192" }, list[0].Settings);
        Assert.Equal(new Dictionary<string, long> { ["pol"] = 0 }, list[0].Constants);
        Assert.Equal([2, 3, 4],
            SourceAddress.PerQueue(list).Select(stream => Assert.Single(stream.Select(source => source.Queue).Distinct())));
        Assert.Equal(7, SourceAddress.Parse("xdp:eth0/7:10.0.0.1").Queue);
        Assert.Single(SourceAddress.PerQueue(SourceAddress.ParseList("239.1.1.1,239.1.1.2")));
    }

    [Fact]
    public void AShimGetsItsArgumentsAsTheyStand()
    {
        SourceAddress source = Assert.Single(SourceAddress.ParseList("shim:./lib,1.so?port=0&x=a,b?c"));
        Assert.Equal((SourceKind.Shim, "./lib,1.so", "port=0&x=a,b?c"), (source.Kind, source.Library, source.Arguments));
    }

    [Theory]
    [InlineData("232.1.1.1:7148@10.9.9.1?if=lo,232.1.1.1:7148?if=lo",
        "232.1.1.1:7148 is received by '232.1.1.1:7148@10.9.9.1?if=lo' already")]
    [InlineData("232.1.1.1,udp:232.1.1.1:7148", "232.1.1.1:7148 is received by '232.1.1.1' already")]
    [InlineData("232.1.1.1@10.0.0.1,232.1.1.1@10.0.0.2,232.1.1.1@10.0.0.1", "received by '232.1.1.1@10.0.0.1' already")]
    [InlineData("239.1.1.0+3:7149,239.1.1.3:7149", "239.1.1.3:7149 is received")]
    [InlineData("239.1.1.3:7149,239.1.1.0+7:7149?if=lo", "239.1.1.3:7149 is received")]
    [InlineData("[ff15::1]+1,[ff15::2]", "[ff15::2]:7148 is received")]
    public void AGroupThatTwoSocketsWouldReceiveIsAMistake(string list, string part) =>
        AssertUsage(part, () => SourceAddress.ParseList(list));

    [Theory]
    [InlineData("10.0.0.1,udp:10.0.0.1:7148",
        "both this and '10.0.0.1' are sources of this run, and port 7148 of one address can have only one socket")]
    [InlineData("0.0.0.0:7149,10.0.0.1:7149", "or the addresses one by one instead of all")]
    [InlineData("239.1.1.1:7149?if=eth0,0.0.0.0:7149?if=eth1", "both this and '239.1.1.1:7149?if=eth0' are sources of this run")]
    [InlineData("[::]:7149,[ff15::1]:7149", "both this and '[::]:7149' are sources of this run")]
    [InlineData("packet:eth0:10.0.0.1,udp:10.0.0.1", "both this and 'packet:eth0:10.0.0.1' are sources of this run")]
    public void APortThatTwoSocketsWouldHoldIsAMistake(string list, string part) => AssertUsage(part, () => SourceAddress.ParseList(list));

    [Theory]
    [InlineData("0.0.0.0:7149,[::]:7149")]
    [InlineData("0.0.0.0:7149,10.0.0.1:7148")]
    [InlineData("10.0.0.1,10.0.0.2,239.1.1.1")]
    [InlineData("[fe80::1%eth0],[fe80::1%eth1]")]
    [InlineData("packet:eth0:10.0.0.1?promiscuous=1,udp:10.0.0.1")]
    [InlineData("232.1.1.1@10.0.0.1,232.1.1.1@10.0.0.2")]
    [InlineData("239.1.1.0+3:7148,239.1.1.4:7148,239.1.1.3:7149")]
    [InlineData("239.1.1.1?if=eth0,239.1.1.1?if=eth1")]
    [InlineData("239.1.1.1,[ff15::1]")]
    [InlineData("239.1.1.4,239.1.1.0+3")]
    public void GroupsThatAreReceivedOnceAreNone(string list) => Assert.True(SourceAddress.ParseList(list).Count > 1);

    [Fact]
    public void AnEmptyPlaceInAListIsAMistake() => AssertUsage("no address", () => SourceAddress.ParseList("10.0.0.1,,10.0.0.2"));

    private static void AssertUsage(string part, Action parse)
    {
        RecvException mistake = Assert.Throws<RecvException>(parse);
        Assert.Equal(RecvException.Usage, mistake.ExitCode);
        Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Fact]
    public void AShimHasConstantsBehindTheLibrarysOwnArguments()
    {
        SourceAddress source = SourceAddress.Parse("shim:./lib.so?port=0#pol=1&beam=2");
        Assert.Equal("port=0", source.Arguments);
        Assert.Equal([("beam", 2L), ("pol", 1L)], source.Constants.Select(pair => (pair.Key, pair.Value)).Order());
    }
}
