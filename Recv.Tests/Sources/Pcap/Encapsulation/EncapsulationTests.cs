using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using static Recv.Tests.Support.Captures.Wrapped;

namespace Recv.Tests.Sources.Pcap.Encapsulation;

/// <summary>What mirror ports and fabrics put around a feed is taken off.</summary>
public sealed class EncapsulationTests
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");
    private static readonly byte[] Inner = Outer(Feed(1, 2, 3));
    private static readonly byte[] Inner6 = Ethernet(0x86dd, Ip6(17, UdpOf(7148, [1, 2, 3]), "ff15::1"));

    // By name: the frame, the kinds that are counted, and the layers that tshark has to see in it.
    private static readonly Dictionary<string, (byte[] Frame, string[] Kinds, string Layers)> All = new()
    {
        ["vxlan"] = (Vxlan(Inner), ["vxlan"], "udp:vxlan:eth:ethertype:ip:udp"),
        ["vxlan, tagged inside"] = (Vxlan(Tagged(0x8100, 0x0800, Feed(1, 2, 3))), ["vxlan"], "vxlan:eth:ethertype:vlan:ethertype:ip:udp"),
        ["vxlan-gpe"] = (VxlanGpe(1, Feed(1, 2, 3)), ["vxlan"], "ip:udp:ip:udp"),
        ["geneve"] = (Geneve(0x6558, Inner), ["geneve"], "udp:geneve:eth:ethertype:ip:udp"),
        ["geneve, IP inside"] = (Geneve(0x0800, Feed(1, 2, 3), optionWords: 0), ["geneve"], "udp:geneve:ip:udp"),
        ["gre"] = (Gre(0x0800, Feed(1, 2, 3)), ["gre"], "ip:gre:ip:udp"),
        ["gre with everything"] = (Gre(0x0800, Feed(1, 2, 3), flags: 0xb000), ["gre"], "ip:gre:ip:udp"),
        ["gre, Ethernet inside"] = (Gre(0x6558, Inner, flags: 0x2000), ["gre"], "ip:gre:eth:ethertype:ip:udp"),
        ["erspan I"] = (Erspan1(Inner), ["erspan_1"], "gre:erspan:eth:ethertype:ip:udp"),
        ["erspan II"] = (Erspan2(Inner), ["erspan_2"], "gre:erspan:eth:ethertype:ip:udp"),
        ["erspan III"] = (Erspan3(Inner), ["erspan_3"], "gre:erspan:eth:ethertype:ip:udp"),
        ["erspan III with a subheader"] = (Erspan3(Inner, hasSubheader: true), ["erspan_3"], "gre:erspan:eth:ethertype:ip:udp"),
        ["erspan III, IP inside"] = (Erspan3(Feed(1, 2, 3), frameType: 2), ["erspan_3"], NotSeen),
        ["mpls"] = (Mpls(Feed(1, 2, 3)), ["mpls"], "mpls:ip:udp"),
        ["mpls multicast"] = (Mpls(Feed(1, 2, 3), labels: 3, type: 0x8848), ["mpls"], "mpls:ip:udp"),
        ["mpls pseudowire"] = (Mpls([0, 0, 0, 0, .. Inner], labels: 1), ["mpls"], "mpls:eth:ethertype:ip:udp"),
        ["ip in ip"] = (Outer(Ip(4, Feed(1, 2, 3))), ["ip_in_ip"], "ip:ip:udp"),
        ["ip in ipv6"] = (Ethernet(0x86dd, Ip6(4, Feed(1, 2, 3))), ["ip_in_ip"], "ipv6:ip:udp"),
        ["pppoe"] = (Pppoe(0x0021, Feed(1, 2, 3)), ["pppoe"], "pppoes:ppp:ip:udp"),
        ["snap"] = (Snap(0x0800, Feed(1, 2, 3)), ["snap"], "eth:llc:ip:udp"),
        ["outer tag 0x9200"] = (Tagged(0x9200, 0x8100, [0, 6, 8, 0, .. Feed(1, 2, 3)]), [], "vlan:ethertype:ip:udp"),
        ["vxlan over ipv6"] = (Ethernet(0x86dd, Ip6(17, UdpOf(4789, [8, 0, 0, 0, 0, 0, 42, 0, .. Inner]))), ["vxlan"],
            "ipv6:udp:vxlan:eth:ethertype:ip:udp"),
        ["vxlan, mirrored and labelled"] = (Erspan2(Vxlan(Mpls(Feed(1, 2, 3)))), ["erspan_2", "mpls", "vxlan"],
            "erspan:eth:ethertype:ip:udp:vxlan:eth:ethertype:mpls:ip:udp"),
    };

    // What tshark does not look into.
    private const string NotSeen = "";

    public static TheoryData<string> Names => [.. All.Keys];

    public static TheoryData<string> NamesOfSeen => [.. All.Where(one => one.Value.Layers != NotSeen).Select(one => one.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsInsideIsReadAndCountedByWhatItCameIn(string name)
    {
        Captured captured = Captured.Read(new CaptureBuilder().AddRaw(All[name].Frame).Bytes, Destination);
        Assert.Equal([1, 2, 3], Assert.Single(captured.Datagrams));
        Assert.Equal([Outcome.None], captured.Flaws);
        Assert.Equal(All[name].Kinds, captured.Decapsulated.Keys.Order(StringComparer.Ordinal));
        Assert.All(captured.Decapsulated.Values, frames => Assert.Equal(1, frames));
        Assert.Equal(0, captured.Skipped.Values.Sum());
        // All UDP has the same inside.
        Assert.Equal([1, 2, 3], Assert.Single(Captured.Read(new CaptureBuilder().AddRaw(All[name].Frame).Bytes, null).Datagrams));
    }

    [ToolTheory("tshark")]
    [MemberData(nameof(NamesOfSeen))]
    public void TsharkSeesTheSameInTheFramesOfTheseTests(string name)
    {
        using TemporaryFile file = new CaptureBuilder().AddRaw(All[name].Frame).ToFile();
        string layers = Tool.Run("", "tshark", "-r", file.Path, "-T", "fields", "-e", "frame.protocols", "-e", "ip.dst",
            // What it does not know by itself: that label, and that tag.
            "-d", "mpls.label==17,pwethcw", "-d", "ethertype==0x9200,vlan").Said;
        Assert.Contains(All[name].Layers, layers, StringComparison.Ordinal);
        Assert.Contains("10.20.30.40", layers, StringComparison.Ordinal);
    }

    [Fact]
    public void Ipv6InsideIsReadForAnIpv6Destination()
    {
        CaptureBuilder capture = new CaptureBuilder().AddRaw(Vxlan(Inner6)).AddRaw(Geneve(0x86dd, Inner6[14..])).AddRaw(Gre(0x86dd,
            Inner6[14..]))
            .AddRaw(Pppoe(0x0057, Inner6[14..])).AddRaw(Outer(Ip(41, Inner6[14..]))).AddRaw(Erspan3(Inner6[14..],
                frameType: 2)).AddRaw(Mpls(Inner6[14..]));
        Captured captured = Captured.Read(capture.Bytes, EndpointRange.Parse("[ff15::1]:7148"));
        Assert.Equal(7, captured.Datagrams.Count);
        Assert.All(captured.Datagrams, datagram => Assert.Equal([1, 2, 3], datagram));
    }

    [Fact]
    public void HeadersAreFollowedToAStatedDepth()
    {
        byte[] ip = Feed(1);
        for (int depth = 1; depth <= 9; depth++)
        {
            ip = Ip(4, ip);
            Captured captured = Captured.Read(new CaptureBuilder().AddRaw(Outer(ip)).Bytes, Destination);
            Assert.Equal((depth <= 8 ? 1 : 0, depth <= 8 ? 0 : 1), (captured.Datagrams.Count, captured.Skipped["too_deep"]));
        }
    }

    [Fact]
    public void TheDestinationIsThatOfTheDatagramInsideUnlessTheTunnelIsNamed()
    {
        byte[] capture = new CaptureBuilder().AddRaw(Vxlan(Inner)).Bytes;
        Assert.Empty(Captured.Read(capture, EndpointRange.Parse($"{Far}:7148")).Datagrams);
        // A tunnel that is asked for by address and port is given as it stands.
        Assert.Equal(8 + Inner.Length, Assert.Single(Captured.Read(capture, EndpointRange.Parse($"{Far}:4789")).Datagrams).Length);
    }

    [Fact]
    public void SpeadOnThePortOfATunnelIsSpead()
    {
        byte[] packet = [0x53, 4, 2, 6, 0, 0, 0, 0, .. new byte[30]];
        foreach (int port in (int[])[4789, 8472, 4790, 6081])
            Assert.Equal(packet, Assert.Single(Captured.Read(new CaptureBuilder().AddRaw(Outer(Ip(17, UdpOf(port, packet)))).Bytes,
                null).Datagrams));
    }

    [Fact]
    public void WhatIsUnknownIsNamed()
    {
        Captured captured = Captured.Read(new CaptureBuilder().AddRaw(Ethernet(0x88cc, new byte[30])).AddRaw(Ethernet(0x88cc, new byte[30]))
            .AddRaw(Vxlan(Ethernet(0x0806, new byte[28]))).AddRaw(Gre(0x880b, new byte[20])).AddRaw(Outer(Ip(89, new byte[20])))
            .AddRaw(Ethernet(38, [0x42, 0x42, 3, .. new byte[35]])).AddRaw(Pppoe(0xc021, new byte[8]))
            .AddRaw(Outer(Ip(17, UdpOf(37008, Inner)))).AddRaw(Outer(Ip(17, UdpOf(7148, Inner)))).AddRaw(Gre(0x0800, Feed(1),
                flags: 1)).Bytes, Destination);
        Assert.Empty(captured.Datagrams);
        Assert.Equal(
            [("bad_encapsulation", 1), ("ethertype_0x0806", 1), ("ethertype_0x880b", 1), ("ethertype_0x88cc", 2), ("llc_0x42", 1),
                ("other_destination", 2), ("ppp_0xc021", 1), ("protocol_89", 1)],
            captured.Skipped.Where(reason => reason.Value > 0).Select(reason => (reason.Key, (int)reason.Value)).Order());
        Assert.Equal(1, captured.Gauges["other_port_37008"]);
    }

    [Fact]
    public void ThereAreOnlySoManyNames()
    {
        CaptureBuilder capture = new();
        for (int type = 0; type < 1000; type++) capture.AddRaw(Ethernet(0x9500 + type, new byte[30]));
        Captured captured = Captured.Read(capture.Bytes, null);
        Assert.Equal((48, 952), (captured.Skipped.Keys.Count(name => name.StartsWith("ethertype", StringComparison.Ordinal)),
            captured.Skipped["not_ip"]));
    }

    [Fact]
    public void FrameThatWasCutOnItsWayIsTruncatedNotWrong()
    {
        byte[] whole = Outer(Feed(new byte[100]));
        CaptureBuilder capture = new CaptureBuilder()
            // Cut by the switch that mirrored it, and by the program that recorded it.
            .AddRaw(Erspan2(whole[..90], isTruncated: true)).AddRaw(Vxlan(whole), captured: 120).AddRaw(Vxlan(whole[..90]));
        Captured captured = Captured.Read(capture.Bytes, Destination);
        Assert.Equal([Outcome.TruncatedCapture, Outcome.TruncatedCapture, Outcome.BadUdpLength], captured.Flaws);
    }

    [Fact]
    public void ThePageAndTheReportSayIt()
    {
        using TemporaryFile file = new CaptureBuilder().AddRaw(Vxlan(Inner)).AddRaw(Ethernet(0x88cc, new byte[30])).ToFile();
        IReadOnlyList<string> page = RecvInProcess.Run("inspect", file.Path).Output;
        Assert.Contains("inside     vxlan: 1 frames, decapsulated", page);
        Assert.Contains("skipped    ethertype_0x88cc: 1 frames", page);
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("replay", file.Path, "--layout", "meerkat-digitiser", "--dst",
            "10.20.30.40:7148");
        Assert.Equal(0, code);
        Assert.Contains(output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["decapsulated", "vxlan", "1", ..]);
    }
}
