using FsCheck;
using FsCheck.Fluent;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;

namespace Recv.Tests.Sources.Pcap;

public sealed class PcapRefusalTests
{
    private static readonly byte[] Header = new CaptureBuilder().Bytes;

    [Fact]
    public void AMissingFileIsTold() => AssertRefused("/nowhere/at-all.pcap", RecvException.Usage, "does not exist");

    [Fact]
    public void ADirectoryIsNoCapture() => AssertRefused(Path.GetTempPath(), RecvException.Usage, "is a folder");

    [Theory]
    [InlineData("", "is empty (0 bytes)")]
    [InlineData("d4c3b2a1", "has 4 bytes")]
    [InlineData("d4c3b2", "has 3 bytes")]
    [InlineData("0a0d0d0a", "has 4 bytes, less than the 28")]
    [InlineData("0a0d0d0a1c0000004d3c2b1b01000000ffffffffffffffff1c000000", "byte order")]
    [InlineData("0a0d0d0a1c0000004d3c2b1a02000000ffffffffffffffff1c000000", "version 2.0")]
    [InlineData("1f8b", "gzip -t")]
    [InlineData("1f8b0800000000000003ffff00000000000000000000000000", "gzip -t")]
    [InlineData("28b52ffd00000000000000000000000000000000000000000000", "zstd")]
    [InlineData("425a68393141592653590000000000000000000000000000", "compressed (bzip2): unpack it with bzip2 -d")]
    [InlineData("fd377a585a0000000000000000000000000000000000000000", "compressed (xz): unpack it with xz -d")]
    [InlineData("04224d1800000000000000000000000000000000000000000000", "compressed (lz4): unpack it with lz4 -d")]
    [InlineData("6e6f206361707475726520617420616c6c2c206a757374207465787420", "is not a capture")]
    public void FileThatIsNoCaptureIsRefusedByName(string hex, string part)
    {
        using TemporaryFile file = new(Convert.FromHexString(hex));
        AssertRefused(file.Path, RecvException.Usage, part);
    }

    [Fact]
    public void AnotherLinkTypeIsNamed()
    {
        using TemporaryFile file = new CaptureBuilder(linkType: 127).ToFile();
        AssertRefused(file.Path, RecvException.Usage, "link type 127");
    }

    [Fact]
    public void AnotherVersionIsNamed()
    {
        byte[] bytes = [.. Header];
        bytes[4] = 3;
        using TemporaryFile file = new(bytes);
        AssertRefused(file.Path, RecvException.Usage, "version 3.4");
    }

    [Fact]
    public void ArbitraryBytesAreACaptureOrAMistakeOfTheUser() => Prop.ForAll<byte[]>(bytes =>
    {
        Read(bytes);
        Read([.. Header, .. bytes]);
        Read([.. new PcapngBuilder().Interface().Bytes, .. bytes]);
        Read([.. new PcapngBuilder(bigEndian: true).Interface().Bytes, 0, 0, 0, 6, .. bytes]);
        Read([0x1f, 0x8b, 8, .. bytes]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ArbitraryFramesAreCountedOnce() => Prop.ForAll<byte[][]>(frames =>
    {
        CaptureBuilder capture = new();
        // The front of an IPv4 frame leads into the depths of the filter.
        byte[] front = [.. new byte[12], 8, 0, 0x45];
        foreach (byte[] frame in frames) capture.AddRaw(frame).AddRaw([.. front, .. frame]);
        Captured captured = Captured.Read(capture.Bytes, null);
        return captured.Frames == 2 * frames.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void DamagedCapturesGiveWhatTheyHave()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "capture-noise.pcap"));
        Prop.ForAll<(int At, byte Value)[]>(changes =>
        {
            byte[] damaged = [.. whole];
            foreach ((int at, byte value) in changes) damaged[(at & int.MaxValue) % 3000] ^= value;
            Read(damaged);
        }).QuickCheckThrowOnFailure();
    }

    private static void Read(byte[] bytes)
    {
        try
        {
            Captured.Read(bytes, null);
        }
        catch (RecvException mistake)
        {
            Assert.Equal(RecvException.Usage, mistake.ExitCode);
            Assert.DoesNotContain('\n', mistake.Message);
        }
    }

    private static void AssertRefused(string file, int exitCode, string part)
    {
        using PcapSource source = new(file);
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(exitCode, refusal.ExitCode);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
