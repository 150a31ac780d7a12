using System.Net;
using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using static Recv.Tests.Support.Captures.CaptureBuilder;

namespace Recv.Tests.Sources.Pcap;

public sealed class PcapSourceTests : PacketSourceContract
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");

    protected override SourceFixture Open(byte[][] datagrams)
    {
        CaptureBuilder capture = new();
        foreach (byte[] datagram in datagrams) capture.Add(new Frame(datagram));
        TemporaryFile file = capture.ToFile();
        return new GivenFixture(new PcapSource(file.Path, Destination), file);
    }

    [Theory]
    [InlineData(Ethernet, false, false)]
    [InlineData(Ethernet, true, false)]
    [InlineData(Ethernet, false, true)]
    [InlineData(LinuxSll, true, true)]
    [InlineData(LinuxSll2, false, false)]
    [InlineData(Raw, true, false)]
    [InlineData(12, false, true)]
    [InlineData(14, false, true)]
    [InlineData(228, false, true)]
    [InlineData(Null, false, false)]
    [InlineData(Loop, true, false)]
    public void ByteOrderClockAndLinkTypeAreThoseOfTheFile(int linkType, bool bigEndian, bool nanoseconds)
    {
        CaptureBuilder capture = new CaptureBuilder(linkType, bigEndian, nanoseconds).Add(new Frame([1, 2, 3]));
        Captured captured = Read(capture);
        Assert.Equal([1, 2, 3], Assert.Single(captured.Datagrams));
        Assert.Equal(1_700_000_000_000_000_000 + (nanoseconds ? 123_456 : 123_456_000), captured.FirstArrival);
    }

    [Fact]
    public void TagsOptionsAndPaddingAreReadOver()
    {
        Captured captured = Read(new CaptureBuilder()
            .Add(new Frame([1]) { Tags = [0x8100] })
            .Add(new Frame([2]) { Tags = [0x88a8, 0x8100] })
            .Add(new Frame([3]) { Tags = [0x9100, 0x8100, 0x8100] })
            .Add(new Frame([4]) { FirstByte = 0x4f })
            .Add(new Frame([5]) { Padding = 20 })
            .Add(new Frame([6, 7]) { UdpLength = 9 })
            .Add(new Frame([8]) { FragmentField = 0x4000 }));
        Assert.Equal([[1], [2], [3], [4], [5], [6], [8]], captured.Datagrams);
        Assert.All(captured.Flaws, flaw => Assert.Equal(Outcome.None, flaw));
    }

    [Theory]
    [InlineData(LinuxSll)]
    [InlineData(LinuxSll2)]
    public void TagsInACookedCaptureAreReadToo(int linkType) =>
        Assert.Equal([9], Assert.Single(Read(new CaptureBuilder(linkType).Add(new Frame([9]) { Tags = [0x88a8, 0x8100] })).Datagrams));

    [Theory]
    [InlineData("02000000", true)]
    [InlineData("00000002", true)]
    [InlineData("0000001e", false)]
    [InlineData("18000000", false)]
    [InlineData("07000000", false)]
    public void LoopbackFramesHaveTheFamilyOfSomeMachine(string family, bool isIpv4)
    {
        byte[] ip = new Frame([9]).Bytes(Raw);
        Captured captured = Read(new CaptureBuilder(Null).AddRaw([.. Convert.FromHexString(family), .. ip]));
        Assert.Equal(family == "07000000" ? 1 : 0, captured.Skipped["not_ip"]);
        // The family says only whether it is IP at all; the datagram says which.
        Assert.Equal(isIpv4 || family != "07000000" ? 1 : 0, captured.Datagrams.Count);
    }

    [Fact]
    public void Ipv6IsReadForAnIpv6Destination()
    {
        EndpointRange group = EndpointRange.Parse("[ff15::1]+1:7148");
        CaptureBuilder capture = new CaptureBuilder()
            .AddRaw(Ipv6Frame.Of("ff15::1", 7148, [1]))
            .AddRaw(Ipv6Frame.Of("ff15::2", 7148, [2], hopByHop: true))
            .AddRaw(Ipv6Frame.Of("ff15::3", 7148, [3]))
            .AddRaw(Ipv6Frame.Of("ff15::1", 7149, [4]))
            .AddRaw(Ipv6Frame.Of("ff15::1", 7148, [5], fragment: true))
            .AddRaw(Ipv6Frame.Of("ff15::1", 7148, [6], protocol: 6))
            .Add(new Frame([7]));
        Captured captured = Read(capture, group);
        Assert.Equal([[1], [2], []], captured.Datagrams);
        Assert.Equal([Outcome.None, Outcome.None, Outcome.Fragment], captured.Flaws);
        Assert.Equal((3, 1), (captured.Skipped["other_destination"], captured.Skipped["protocol_6"]));
        Assert.Equal([[1], [2], [3], [4], [7], []], Read(capture, null).Datagrams);
        Assert.Equal(6, Read(capture).Skipped["ipv6"]);
    }

    [Fact]
    public void SenderOfADatagramIsKnownOnRequest()
    {
        using TemporaryFile file = new CaptureBuilder().Add(new Frame([1])).AddRaw(Ipv6Frame.Of("ff15::1", 7148, [1])).ToFile();
        using PcapSource source = new(file.Path);
        source.KeepOrigins();
        source.Open();
        Assert.Equal(2, source.Receive(new Datagram[2], wait: true));
        Assert.Equal("10.20.30.40:7148", source.OriginOf(0).Destination.ToString());
        Assert.Equal("0.0.0.0:0", source.OriginOf(0).Sender.ToString());
        Assert.Equal("[ff15::1]:7148", source.OriginOf(1).Destination.ToString());
        Assert.Equal("[fe80::2]:4711", source.OriginOf(1).Sender.ToString());
    }

    [Fact]
    public void AFrameRecordedTooShortIsCountedAsTruncatedWhenItIsOurs()
    {
        Frame frame = new(new byte[100]);
        // 14 bytes Ethernet, 20 bytes IP, 8 bytes UDP: the port can be read from 38 bytes on.
        Captured captured = Read(
            new CaptureBuilder().Add(frame, 141).Add(frame, 50).Add(frame, 38).Add(frame, 37).Add(frame, 20).Add(frame, 0));
        Assert.Equal(Enumerable.Repeat(Outcome.TruncatedCapture, 3), captured.Flaws);
        Assert.Equal(3, captured.Skipped["short_frame"]);
        // What is there of the payload is given with the flaw: its front, for who wants to look.
        Assert.Equal([99, 8, 0], captured.Datagrams.Select(datagram => datagram.Length));
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(0, null)]
    [InlineData(111, null)]
    [InlineData(65535, null)]
    [InlineData(null, 127)]
    [InlineData(null, 27)]
    [InlineData(null, 0)]
    [InlineData(null, 129)]
    public void LengthsThatLieAreAFlaw(int? udpLength, int? ipLength) =>
        Assert.Equal([Outcome.BadUdpLength],
            Read(new CaptureBuilder().Add(new Frame(new byte[100]) { UdpLength = udpLength, IpLength = ipLength })).Flaws);

    [Fact]
    public void ForeignFramesAreCountedByReason()
    {
        Captured captured = Read(new CaptureBuilder()
            .Add(new Frame([1]) { EtherType = 0x0806 })
            .Add(new Frame([1]) { EtherType = 0x86dd, FirstByte = 0x65 })
            .Add(new Frame([1]) { EtherType = 0x86dd, FirstByte = 0x65, Tags = [0x8100] })
            .Add(new Frame([1]) { FirstByte = 0x65 })
            .Add(new Frame(new byte[40]) { FirstByte = 0x40 })
            .Add(new Frame([1]) { Protocol = 6 })
            .Add(new Frame([1]) { To = new IPEndPoint(IPAddress.Parse("10.20.30.41"), 7148) })
            .Add(new Frame([1]) { To = new IPEndPoint(IPAddress.Parse("10.20.30.40"), 7149) })
            .AddRaw(new byte[13])
            .AddRaw([]));
        Assert.Empty(captured.Flaws);
        Assert.Equal(
            new Dictionary<string, long>
            {
                ["short_frame"] = 2,
                ["link_type"] = 0,
                ["not_ip"] = 0,
                ["ipv6"] = 2,
                ["bad_ip_header"] = 2,
                ["not_udp"] = 0,
                ["other_destination"] = 2,
                ["too_deep"] = 0,
                ["bad_encapsulation"] = 0,
                ["ethertype_0x0806"] = 1,
                ["protocol_6"] = 1,
            },
            captured.Skipped);
    }

    [Fact]
    public void WithoutADestinationAllUdpIsGiven()
    {
        CaptureBuilder capture = new CaptureBuilder()
            .Add(new Frame([1]) { To = new IPEndPoint(IPAddress.Parse("1.2.3.4"), 5) })
            .Add(new Frame([2]) { To = new IPEndPoint(IPAddress.Parse("255.255.255.255"), 65535) })
            .Add(new Frame([3]) { Protocol = 1 });
        Assert.Equal([[1], [2]], Read(capture, null).Datagrams);
    }

    [Fact]
    public void ADestinationMayBeSeveralGroups()
    {
        CaptureBuilder capture = new();
        for (int last = 0; last < 6; last++)
            capture.Add(new Frame([(byte)last]) { To = new IPEndPoint(IPAddress.Parse($"239.10.10.{last}"), 7148) });
        Assert.Equal([[1], [2], [3]], Read(capture, EndpointRange.Parse("239.10.10.1+2:7148")).Datagrams);
    }

    [Fact]
    public void ACaptureLargerThanTheBufferIsReadWhole()
    {
        CaptureBuilder capture = new();
        byte[][] sent = Patterned(700, index => index * 131 % 9000);
        foreach (byte[] datagram in sent) capture.Add(new Frame(datagram));
        Assert.True(capture.Length > 3_000_000);
        Assert.Equal(sent, Read(capture).Datagrams);
    }

    [Fact]
    public void ALargestFrameFits()
    {
        byte[] frame = [.. new Frame([7]).Bytes(Ethernet), .. new byte[256 * 1024 - 43]];
        Captured captured = Read(new CaptureBuilder().AddRaw(frame).AddRaw(frame).AddRaw(frame).AddRaw(frame).AddRaw(frame));
        Assert.Equal(5, captured.Datagrams.Count);
        Assert.Null(captured.Damage);
    }

    [Fact]
    public void ACaptureWithNothingButAHeaderHasNoDatagrams()
    {
        Captured captured = Read(new CaptureBuilder());
        Assert.Empty(captured.Datagrams);
        Assert.Null(captured.Damage);
    }

    [Fact]
    public void ACaptureCutAnywhereGivesWhatCameBeforeTheCut()
    {
        CaptureBuilder capture = new();
        List<int> ends = [capture.Length];
        for (int i = 0; i < 3; i++) ends.Add(capture.Add(new Frame([(byte)i, 2])).Length);
        byte[] whole = capture.Bytes;
        for (int cut = ends[0]; cut <= whole.Length; cut++)
        {
            Captured captured = Read(whole[..cut]);
            Assert.Equal(ends.FindLastIndex(end => end <= cut), captured.Datagrams.Count);
            Assert.Equal(!ends.Contains(cut), captured.Damage is not null);
        }
    }

    [Fact]
    public void AnAbsurdLengthEndsTheCaptureAndIsReported()
    {
        CaptureBuilder capture = new CaptureBuilder().Add(new Frame([1]));
        int offset = capture.Length;
        byte[] bytes = [.. capture.Bytes, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0x80, .. new byte[100]];
        Captured captured = Read(bytes);
        Assert.Single(captured.Datagrams);
        Assert.Contains($"offset {offset}", captured.Damage, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", captured.Damage, StringComparison.Ordinal);
    }

    private static Captured Read(CaptureBuilder capture) => Captured.Read(capture.Bytes, Destination);

    private static Captured Read(CaptureBuilder capture, EndpointRange? destination) => Captured.Read(capture.Bytes, destination);

    private static Captured Read(byte[] capture) => Captured.Read(capture, Destination);
}
