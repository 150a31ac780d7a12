using System.IO.Compression;
using Recv.Tests.Support.Captures;

namespace Recv.Tests.Sources.Pcap;

/// <summary>Captures of each kind, cut at every byte of their first kilobyte: what came before the cut, and a clear word.</summary>
public sealed class CutCaptureTests
{
    private const int Cuts = 1024;

    private static readonly byte[] Frame = new CaptureBuilder.Frame([1, 2, 3]).Bytes(CaptureBuilder.Ethernet);

    [Theory]
    [InlineData("classic")]
    [InlineData("blocks")]
    [InlineData("classic.gz")]
    [InlineData("blocks.gz")]
    public void ACaptureCutAnywhereIsReadUpToTheCutAndToldInOneLine(string kind)
    {
        // Where the capture may end without a word: behind the header or headers, and behind each frame.
        List<int> ends = [];
        int headers = kind.StartsWith("classic", StringComparison.Ordinal) ? 1 : 2;
        byte[] whole = headers == 1 ? Classic(ends) : Blocks(ends);
        bool isPacked = kind.EndsWith(".gz", StringComparison.Ordinal);
        if (isPacked) whole = Gzip.Pack(whole, CompressionLevel.NoCompression);
        Assert.True(whole.Length > Cuts);
        for (int cut = 0; cut < Cuts; cut++)
        {
            try
            {
                Captured captured = Captured.Read(whole[..cut], null);
                Assert.True(isPacked || captured.Datagrams.Count == Math.Max(0, ends.Count(end => end <= cut) - headers));
                Assert.Equal(isPacked || !ends.Contains(cut), captured.Damage is not null);
                Assert.DoesNotContain("\n", captured.Damage ?? "", StringComparison.Ordinal);
            }
            catch (RecvException refusal)
            {
                Assert.True(isPacked || cut < ends[0], $"cut at {cut}: {refusal.Message}");
                Assert.Equal(RecvException.Usage, refusal.ExitCode);
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("blocks")]
    public void ADeflatedCaptureCutAnywhereIsReadAsFarAsItCanBeUnpacked(string kind)
    {
        List<int> ends = [];
        int headers = kind == "classic" ? 1 : 2;
        var noise = new Random(8);
        byte[] plain = headers == 1 ? Classic(ends, () => Noisy(noise), 16 * Cuts) : Blocks(ends, () => Noisy(noise), 16 * Cuts);
        byte[] whole = Gzip.Pack(plain, CompressionLevel.SmallestSize);
        // Deflated, and in more than one kilobyte.
        Assert.InRange(whole.Length, Cuts + 1, plain.Length / 2);
        int most = 0;
        for (int cut = 0; cut < Cuts; cut++)
        {
            int unpacked = Gzip.UnpackedBytes(whole[..cut]);
            try
            {
                Captured captured = Captured.Read(whole[..cut], null);
                Assert.Equal(Math.Max(0, ends.Count(end => end <= unpacked) - headers), captured.Datagrams.Count);
                Assert.True(captured.Damage is not null, $"cut at {cut}, {unpacked} bytes unpacked: not a word");
                Assert.DoesNotContain('\n', captured.Damage);
                most = Math.Max(most, captured.Datagrams.Count);
            }
            catch (RecvException refusal)
            {
                Assert.True(unpacked < ends[0], $"cut at {cut}, {unpacked} bytes unpacked: {refusal.Message}");
                Assert.Equal(RecvException.Usage, refusal.ExitCode);
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
        Assert.True(most > 10, $"{most} datagrams");
    }

    private static byte[] Classic(List<int> ends, Func<byte[]>? frame = null, int bytes = 2 * Cuts)
    {
        CaptureBuilder capture = new();
        ends.Add(capture.Length);
        while (capture.Length < bytes) ends.Add(capture.AddRaw(frame?.Invoke() ?? Frame).Length);
        return capture.Bytes;
    }

    private static byte[] Blocks(List<int> ends, Func<byte[]>? frame = null, int bytes = 2 * Cuts)
    {
        PcapngBuilder capture = new();
        ends.Add(capture.Length);
        ends.Add(capture.Interface().Length);
        while (capture.Length < bytes) ends.Add(capture.Packet(frame?.Invoke() ?? Frame).Length);
        return capture.Bytes;
    }

    // Two bits of noise in each byte: worth compressing, and not to nothing.
    private static byte[] Noisy(Random noise)
    {
        byte[] payload = new byte[40];
        for (int i = 0; i < payload.Length; i++) payload[i] = (byte)(noise.Next() & 3);
        return new CaptureBuilder.Frame(payload).Bytes(CaptureBuilder.Ethernet);
    }
}
