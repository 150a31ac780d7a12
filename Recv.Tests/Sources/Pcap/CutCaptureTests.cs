using Recv.Tests.Support;

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
        if (isPacked) whole = Gzip.Pack(whole, System.IO.Compression.CompressionLevel.NoCompression);
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

    private static byte[] Classic(List<int> ends)
    {
        CaptureBuilder capture = new();
        ends.Add(capture.Length);
        while (capture.Length < 2 * Cuts) ends.Add(capture.AddRaw(Frame).Length);
        return capture.Bytes;
    }

    private static byte[] Blocks(List<int> ends)
    {
        PcapngBuilder capture = new();
        ends.Add(capture.Length);
        ends.Add(capture.Interface().Length);
        while (capture.Length < 2 * Cuts) ends.Add(capture.Packet(Frame).Length);
        return capture.Bytes;
    }
}
