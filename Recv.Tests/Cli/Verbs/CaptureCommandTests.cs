using System.Net;
using System.Text.Json.Nodes;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Cli.Verbs;

[Collection(AloneCollection.Name)]
public sealed class CaptureCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-capture-");

    // As a shell starts a command before an & (POSIX, "Asynchronous Lists"): deaf to SIGINT unless it says otherwise.
    private static readonly string[] InBackground = ["env", "--ignore-signal=INT"];

    private string Recorded => Path.Combine(_folder.FullName, "feed.pcapng");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(VectorScenarios.WithChunks), MemberType = typeof(VectorScenarios))]
    public void ARecordingOfACaptureGivesTheSameChunks(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("capture", "pcap:" + scenario.PcapPath, Recorded);
        Assert.Equal(0, code);
        // Of what was not lost nothing was, whatever the disk.
        Assert.Contains("; lost 0, kernel_dropped 0, ", output[0], StringComparison.Ordinal);
        string report = Path.Combine(_folder.FullName, "report.json");
        Assert.Equal(0, RecvInProcess.Run("replay", Recorded, "--scenario", scenario.JsonPath, "--report", report).ExitCode);
        JsonNode vector = JsonNode.Parse(File.ReadAllText(scenario.JsonPath))!;
        JsonNode expected = (vector["expected_untagged"] ?? vector["expected"])!["chunks"]!;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(report))!["chunks"]));
    }

    [Fact]
    public void AnInterruptEndsARecordingOfAFeedCleanly()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start("capture", $"127.0.0.1:{port}", Recorded);
        process.AwaitError("recording");
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Loopback, port));
        for (byte i = 0; i < 100; i++) sender.Send([i, 2, 3]);
        // On the disk before the end: what was received is not held back.
        Eventually.Holds(() => Captured.ReadFile(Recorded, null).Datagrams.Count == 100, "all are in the file");
        process.Signal(RecvProcess.Interrupt);
        Assert.Equal(0, process.Wait());
        Assert.Contains(process.Output, line => line.StartsWith("recorded 100 datagrams, ", StringComparison.Ordinal));
        Captured captured = Captured.ReadFile(Recorded, null);
        Assert.Null(captured.Damage);
        Assert.Equal(Enumerable.Range(0, 100), captured.Datagrams.Select(datagram => (int)datagram[0]));
    }

    [ToolFact("env")]
    public void AnInterruptEndsARecordingThatAScriptStartedInTheBackground()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.StartUnder(InBackground, "capture", $"127.0.0.1:{port}", Recorded);
        process.AwaitError("recording");
        process.Signal(RecvProcess.Interrupt);
        Assert.True(process.Wait() == 0, process.Everything);
        // The last block is the statistics, with type 5 and its length in front and behind.
        byte[] bytes = File.ReadAllBytes(Recorded);
        int length = BitConverter.ToInt32(bytes, bytes.Length - 4);
        Assert.Equal(5, BitConverter.ToInt32(bytes, bytes.Length - length));
    }

    [ToolFact("env", "mkfifo")]
    public void AnInterruptBeforeTheRecordingHasBegunEndsItCleanly()
    {
        // A pipe keeps the recorder from beginning until somebody reads.
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Recorded])) mkfifo.WaitForExit();
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.StartUnder(InBackground, "capture", $"127.0.0.1:{port}", Recorded);
        Eventually.Holds(() => process.Handles(RecvProcess.HangUp), "it listens to signals");
        process.Signal(RecvProcess.Interrupt);
        process.AwaitError("SIGINT: stopping");
        byte[] bytes = File.ReadAllBytes(Recorded);
        Assert.True(process.Wait() == 0, process.Everything);
        Captured captured = Captured.Read(bytes, null);
        Assert.Equal((0, null), (captured.Datagrams.Count, captured.Damage));
    }

    [Fact]
    public void ACaptureIsNotRecordedOverItself()
    {
        File.Copy(VectorScenarios.Load("beam-clean-4096").PcapPath, Recorded);
        byte[] before = File.ReadAllBytes(Recorded);
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("capture", "pcap:" + Recorded, Recorded);
        Assert.Equal(2, code);
        Assert.Contains($"capture '{Recorded}' is there already; name another file or remove it", Assert.Single(error),
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Recorded));
    }

    [Fact]
    public void ALaterFileOfAnEarlierRecordingIsNotRecordedOver()
    {
        string old = Path.Combine(_folder.FullName, "feed-00002.pcapng");
        File.WriteAllText(old, "old");
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "capture", "pcap:" + VectorScenarios.Load("beam-clean-4096").PcapPath, Recorded, "--rotate", "1M");
        Assert.Equal(2, code);
        Assert.Contains($"capture '{old}' is there already", Assert.Single(error), StringComparison.Ordinal);
        Assert.Equal(old, Assert.Single(Directory.GetFiles(_folder.FullName)));
        Assert.Equal("old", File.ReadAllText(old));
    }

    [Fact]
    public void AFolderThatTakesNoFilesIsARefusalOfTheHost()
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "capture", "pcap:" + VectorScenarios.Load("beam-clean-4096").PcapPath, "/proc/feed.pcapng");
        Assert.Equal(3, code);
        Assert.Contains("capture '/proc/feed.pcapng' cannot be made: its folder takes no new files", Assert.Single(error),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceIsThereAndCanBeRecordedInto()
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "capture", "pcap:" + VectorScenarios.Load("beam-clean-4096").PcapPath, "/dev/null");
        Assert.True(code == 0, string.Join('\n', error));
    }

    [ToolFact("sh", "cat")]
    public void ADashIsStandardInputAndOutput()
    {
        string capture = VectorScenarios.Load("beam-clean-4096").PcapPath;
        using RecvProcess process = RecvProcess.StartUnder(
            ["sh", "-c", $"cat '{capture}' | \"$@\" | cat > '{Recorded}'", "sh"], "capture", "pcap:-", "-");
        Assert.True(process.Wait() == 0, process.Everything);
        Captured captured = Captured.ReadFile(Recorded, null);
        Assert.Null(captured.Damage);
        Assert.Equal(Captured.ReadFile(capture, null).Datagrams, captured.Datagrams);
        Assert.Contains(process.Error,
            line => line.StartsWith($"recorded {captured.Datagrams.Count} datagrams, ", StringComparison.Ordinal));
        Assert.False(File.Exists("-"));
    }

    [ToolFact("unshare", "mount", NeedsRoot = true)]
    public void ADiskThatFillsUpIsOneLineAndTheFileCanBeRead()
    {
        // A disk of 128 KiB in a namespace of its own; what is on it is copied out before it goes.
        VectorScenario scenario = VectorScenarios.Load("beam-clean-4096");
        using RecvProcess process = RecvProcess.StartUnder(
            ["unshare", "-m", "sh", "-c",
                $"mount -t tmpfs -o size=128k none '{_folder.FullName}' && cd '{_folder.FullName}' && \"$@\"; code=$?; cp feed.pcapng "
                    + $"'{_folder.FullName}.copy'; exit $code", "sh"],
            "capture", "pcap:" + scenario.PcapPath, Recorded);
        try
        {
            Assert.Equal(3, process.Wait());
            Captured captured = Captured.ReadFile(_folder.FullName + ".copy", null);
            Assert.Null(captured.Damage);
            int kept = captured.Datagrams.Count;
            string said = Assert.Single(process.Error, line => line.Contains("no space is left there", StringComparison.Ordinal));
            Assert.StartsWith($"recv: capture '{Recorded}': no space is left there; ", said, StringComparison.Ordinal);
            Assert.Contains($"; the {kept} datagrams until then are kept and can be read, ", said, StringComparison.Ordinal);
            Assert.Contains(process.Output, line => line.StartsWith($"recorded {kept} datagrams, ", StringComparison.Ordinal)
                && !line.Contains("disk too slow", StringComparison.Ordinal) && line.Contains(" (disk full), ", StringComparison.Ordinal));
            // To the last whole datagram, with the statistics behind it: of 128 KiB less than a datagram and a page are left.
            Assert.InRange(new FileInfo(_folder.FullName + ".copy").Length, (128 << 10) - 4096 - 2048, 128 << 10);
        }
        finally
        {
            File.Delete(_folder.FullName + ".copy");
        }
    }

    [Theory]
    [InlineData("name a source and a file")]
    [InlineData("name a source and a file", "127.0.0.1:7148")]
    [InlineData("--files 3 keeps the newest", "127.0.0.1:7148", "x.pcapng", "--files", "3")]
    [InlineData("--rotate 5: give at least 1M", "127.0.0.1:7148", "x.pcapng", "--rotate", "5")]
    [InlineData("a recording is not compressed; name it x.pcapng ", "127.0.0.1:7148", "x.pcapng.gz")]
    [InlineData("a recording is not compressed", "127.0.0.1:7148", "x.pcapng.ZST")]
    [InlineData("--rotate: standard output (-) is one file", "127.0.0.1:7148", "-", "--rotate", "1G")]
    [InlineData("--seconds 0: give more than 0", "127.0.0.1:7148", "x.pcapng", "--seconds", "0")]
    [InlineData("--packets 0: give at least 1", "127.0.0.1:7148", "x.pcapng", "--packets", "0")]
    [InlineData("--size 10: a file with a single datagram has ", "127.0.0.1:7148", "x.pcapng", "--size", "10")]
    [InlineData("capture 'nowhere.pcap' does not exist", "pcap:nowhere.pcap", "x.pcapng")]
    public void MistakesAreOneLineAndExitCode2(string says, params string[] arguments)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(["capture", .. arguments]);
        Assert.Equal(2, code);
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
        Assert.False(File.Exists("x.pcapng"));
    }
}
