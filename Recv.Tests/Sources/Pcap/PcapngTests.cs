using System.IO.Compression;
using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using static Recv.Tests.Support.Captures.CaptureBuilder;

namespace Recv.Tests.Sources.Pcap;

public sealed class PcapngTests : PacketSourceContract
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");
    private static readonly byte[] One = new Frame([1, 2, 3]).Bytes(Ethernet);

    protected override SourceFixture Open(byte[][] datagrams)
    {
        PcapngBuilder capture = new PcapngBuilder().Interface();
        foreach (byte[] datagram in datagrams) capture.Packet(new Frame(datagram).Bytes(Ethernet));
        TemporaryFile file = new(capture.Bytes);
        return new GivenFixture(new PcapSource(file.Path, Destination), file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SectionsHaveByteOrdersAndInterfacesOfTheirOwn(bool bigEndian)
    {
        Captured captured = Read(new PcapngBuilder(bigEndian).Interface().Interface(Raw)
            .Packet(One).Packet(new Frame([4]).Bytes(Raw), of: 1)
            .Section(!bigEndian).Interface(LinuxSll2).Packet(new Frame([5]).Bytes(LinuxSll2)));
        Assert.Equal([[1, 2, 3], [4], [5]], captured.Datagrams);
        Assert.Null(captured.Damage);
    }

    [Theory]
    [InlineData(null, 1_700_000_000_123_456UL, 1_700_000_000_123_456_000L)]
    [InlineData(6, 1_700_000_000_123_456UL, 1_700_000_000_123_456_000L)]
    [InlineData(9, 1_700_000_000_123_456_789UL, 1_700_000_000_123_456_789L)]
    [InlineData(0, 1_700_000_000UL, 1_700_000_000_000_000_000L)]
    [InlineData(12, 1_700_000_000_123_456UL, 1_700_000_000_123L)]
    [InlineData(0x80 | 10, 1_024UL * 3, 3_000_000_000L)]
    [InlineData(0x80 | 32, 0x1_8000_0000UL, 1_500_000_000L)]
    [InlineData(127, 5UL, 0L)]
    [InlineData(0xff, 5UL, 0L)]
    public void TimesHaveTheUnitOfTheirInterface(int? resolution, ulong ticks, long nanoseconds) =>
        Assert.Equal(nanoseconds, Read(new PcapngBuilder().Interface(resolution: (byte?)resolution).Packet(One, ticks)).FirstArrival);

    [Fact]
    public void AnInterfaceMayHaveAnOffsetInSeconds() =>
        Assert.Equal(-3_000_000_000 + 7_000, Read(new PcapngBuilder().Interface(offset: -3).Packet(One, 7)).FirstArrival);

    [Fact]
    public void SimpleAndOldPacketsAreRead()
    {
        Captured captured = Read(new PcapngBuilder().Interface().SimplePacket(One, One.Length).OldPacket(One, 5, 0, 0));
        Assert.Equal([[1, 2, 3], [1, 2, 3]], captured.Datagrams);
        Assert.Equal(0, captured.FirstArrival);
    }

    [Fact]
    public void FramesAreSnappedByTheirLengthAndSimpleOnesByTheInterface()
    {
        Captured captured = Read(new PcapngBuilder().Interface(snap: 43)
            .Packet(One, wire: 99)
            .SimplePacket(One[..43], One.Length)
            .SimplePacket(One[..43], 43));
        // The last is whole as a frame and too short for what its headers promise.
        Assert.Equal([Outcome.TruncatedCapture, Outcome.TruncatedCapture, Outcome.BadUdpLength], captured.Flaws);
    }

    [Fact]
    public void OtherBlocksArePassedOverHoweverLong()
    {
        Captured captured = Read(new PcapngBuilder().Block(0xbad, new byte[3_000_000]).Interface()
            .Block(4, new byte[8]).Packet(One).Block(10, new byte[1_500_000]).Packet(One).Block(0x80000001, []));
        Assert.Equal(2, captured.Datagrams.Count);
        Assert.Null(captured.Damage);
    }

    [Fact]
    public void AnInterfaceThatIsNotReadIsCounted()
    {
        Captured captured = Read(new PcapngBuilder().Interface(127).Interface().Packet(One, of: 0).Packet(One, of: 1));
        Assert.Single(captured.Datagrams);
        Assert.Equal(1, captured.Skipped["link_type"]);
    }

    [Fact]
    public void DropsOfTheRecorderCountOnceWhetherMarkedOrSummed()
    {
        PcapngBuilder capture = new PcapngBuilder().Interface().Interface();
        capture.Packet(One, options: capture.Option(4, capture.U64(5)))
            .Packet(One, options: [capture.Option(1, "two"u8.ToArray()), capture.Option(4, capture.U64(2))]);
        capture.OldPacket(One, 0, of: 1, drops: 10).OldPacket(One, 0, of: 1, drops: ushort.MaxValue);
        Assert.Equal(17, Dropped(capture));
        // Interface 0 says 6 in all, less than was marked; interface 1 says 30, the marks were some of them.
        capture.Statistics(0, capture.Option(5, capture.U64(6)))
            .Statistics(1, capture.Option(5, capture.U64(20)), capture.Option(7, capture.U64(10)));
        Assert.Equal(7 + 30, Dropped(capture));
        capture.Section(bigEndian: true).Interface();
        Assert.Equal(7 + 30, Dropped(capture));
    }

    [Theory]
    [InlineData("06000000 0d000000", "a block of 13 bytes")]
    [InlineData("06000000 08000000", "a block of 8 bytes")]
    [InlineData("06000000 00000010", "with a frame cannot be")]
    [InlineData("06000000 20000000 05000000 0000000000000000 00000000 00000000 20000000", "interface 5, and 1")]
    [InlineData("06000000 20000000 00000000 0000000000000000 01000000 01000000 20000000", "a frame of 1 bytes in a block of 32")]
    [InlineData("06000000 20000000 00000000 0000000000000000 ffffffff 01000000 20000000", "a frame of 4294967295 bytes")]
    [InlineData("06000000 20000000 00000000 0000000000000000 00000000 00000000 24000000", "has 36 behind")]
    [InlineData("06000000 0c000000 0c000000", "no room for its header")]
    [InlineData("02000000 0c000000 0c000000", "no room for its header")]
    [InlineData("03000000 0c000000 0c000000", "no room for its header")]
    [InlineData("05000000 0c000000 0c000000", "no room for their header")]
    [InlineData("01000000 0c000000 0c000000", "less than 8 bytes")]
    [InlineData("0a0d0d0a 1c000000 00000000 01000000 0000000000000000 1c000000", "byte order")]
    public void ImpossibleBlockEndsTheCaptureWhereItStands(string hex, string reason)
    {
        PcapngBuilder capture = new PcapngBuilder().Interface().Packet(One);
        int offset = capture.Length;
        Captured captured = Read(capture.Raw([.. Convert.FromHexString(hex.Replace(" ", "")), .. new byte[64]]));
        Assert.Single(captured.Datagrams);
        Assert.Contains($"at offset {offset}: ", captured.Damage, StringComparison.Ordinal);
        Assert.Contains(reason, captured.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void InterfacesWithoutEndDoNotFillTheMemory()
    {
        PcapngBuilder capture = new();
        for (int i = 0; i < 5000; i++) capture.Interface();
        Assert.Contains("more than 4096 interfaces", Read(capture).Damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.NoCompression)]
    public void CompressedCapturesOfBothKindsAreRead(CompressionLevel level)
    {
        CaptureBuilder classic = new CaptureBuilder().Add(new Frame([1, 2, 3]));
        Assert.Equal([[1, 2, 3]], Captured.Read(Gzip.Pack(classic.Bytes, level), Destination).Datagrams);
        Assert.Equal([[1, 2, 3]],
            Captured.Read(Gzip.Pack(new PcapngBuilder().Interface().Packet(One).Bytes, level), Destination).Datagrams);
    }

    [Fact]
    public void CompressedPiecesOneAfterTheOtherAreOneCapture()
    {
        byte[] whole = new PcapngBuilder().Interface().Packet(One).Packet(One).Bytes;
        Assert.Equal(2, Captured.Read([.. Gzip.Pack(whole[..50]), .. Gzip.Pack(whole[50..])], Destination).Datagrams.Count);
    }

    [Fact]
    public void ACompressedCaptureThatIsCutOffSaysSo()
    {
        PcapngBuilder capture = new PcapngBuilder().Interface();
        byte[] noise = new byte[3000];
        new Random(1).NextBytes(noise);
        for (int i = 0; i < 1000; i++) capture.Packet(new Frame(noise).Bytes(Ethernet));
        byte[] packed = Gzip.Pack(capture.Bytes);
        Captured captured = Captured.Read(packed[..(packed.Length / 2)], Destination);
        Assert.InRange(captured.Datagrams.Count, 1, 999);
        Assert.Contains("unpacked data", captured.Damage, StringComparison.Ordinal);
    }

    private static long Dropped(PcapngBuilder capture)
    {
        using TemporaryFile file = new(capture.Bytes);
        using PcapSource source = new(file.Path);
        source.Open();
        Datagram[] batch = new Datagram[8];
        while (!source.Ended) source.Receive(batch, wait: true);
        return source.Status.RingDropped;
    }

    private static Captured Read(PcapngBuilder capture) => Captured.Read(capture.Bytes, Destination);
}
