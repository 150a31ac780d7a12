using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Cli;

/// <summary>What a shell, a unit or a container may not give: open files, address space, a folder to stand in.</summary>
[Collection(AloneCollection.Name)]
public sealed class PoorHostTests : IDisposable
{
    private static readonly string Capture = Path.Combine(AppContext.BaseDirectory, "Vectors", "digitiser-clean-10bit.pcap");

    private static readonly string[] Replay = ["replay", Capture, "--scenario", Path.ChangeExtension(Capture, ".json")];

    // The runtime itself cannot start below some 100 MB, unless it writes code where it runs it.
    private const string SmallFiles = "ulimit -f 200; export DOTNET_EnableWriteXorExecute=0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-poor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TooFewFilesForAnythingAreOneLineAndExitCode3() => AssertRefused(
        "this process may have 64 files open and needs 256; ulimit -n 256, or LimitNOFILE=256 in a unit", Under("ulimit -n 64", Replay));

    [Theory]
    [InlineData("run", "--layout", "meerkat-digitiser", "--src", "239.1.0.0+99:7148?if=lo", "--http", "off")]
    [InlineData("send", "digitiser", "--dst", "239.1.0.0+99:7148?if=lo")]
    public void TooFewFilesForTheSocketsAreOneLineAndExitCode3(params string[] arguments) => AssertRefused(
        "this process may have 300 files open and needs 356, 100 of them sockets, one for each address; "
            + "ulimit -n 356, or LimitNOFILE=356 in a unit",
        Under("ulimit -n 300", arguments));

    [Fact]
    public void ChunksThatMayNotBeSoLargeAreLostToTheSinkAndSaid()
    {
        using RecvProcess process = Under(
            SmallFiles, "replay", Capture, "--layout", "meerkat-digitiser", "--sink", "file:" + _folder.FullName);
        Assert.True(process.Wait() == 3, process.Everything);
        Assert.Contains("a file of a chunk is larger than one may be (ulimit -f, or the file system): allow more", process.Error[^1],
            StringComparison.Ordinal);
        Assert.Contains("Ledger: what became of every datagram", process.Output);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void AFileThatMayGrowNoFurtherIsOneLineAndExitCode3()
    {
        string large = Capture.Replace("digitiser-clean-10bit", "beam-clean-4096", StringComparison.Ordinal);
        string file = Path.Combine(_folder.FullName, "feed.pcapng");
        using RecvProcess process = Under(SmallFiles, "capture", "pcap:" + large, file);
        Assert.True(process.Wait() == 3, process.Everything);
        Assert.StartsWith(
            $"recv: capture '{file}': the file is as large as one may be (ulimit -f, or the file system); ",
            process.Error[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void TheServiceNeedsNoCurrentFolder()
    {
        using RecvProcess process = Under(GoneFolder, "run", "--layout", "meerkat-digitiser", "--src",
            $"127.0.0.1:{LoopbackSender.FreePort()}", "--http", "127.0.0.1:0");
        process.AwaitError("recv: metrics at http://127.0.0.1:");
        process.AwaitError("datagrams 0 ");
        process.Signal(RecvProcess.Terminate);
        Assert.True(process.Wait() == 0, process.Everything);
    }

    [Theory]
    [InlineData("--report report.json", "replay", "CAPTURE", "--layout", "meerkat-digitiser", "--report", "report.json")]
    [InlineData("capture 'feed.pcapng'", "capture", "pcap:CAPTURE", "feed.pcapng")]
    [InlineData("--write-layout mine.yaml", "inspect", "CAPTURE", "--write-layout", "mine.yaml")]
    public void ARelativePathInAFolderThatIsGoneIsOneLineAndExitCode3(string what, params string[] arguments) => AssertRefused(
        what + ": the path is relative, and the current folder is no longer there; cd to one that is, or write the whole path",
        Under(GoneFolder, [.. arguments.Select(argument => argument.Replace("CAPTURE", Capture, StringComparison.Ordinal))]));

    private string GoneFolder
    {
        get
        {
            string gone = Path.Combine(_folder.FullName, "gone");
            return $"mkdir '{gone}'; cd '{gone}'; rmdir '{gone}'";
        }
    }

    private static RecvProcess Under(string preparation, params IReadOnlyList<string> arguments) =>
        RecvProcess.StartUnder(["sh", "-c", preparation + "; exec \"$@\"", "sh"], arguments);

    private static void AssertRefused(string says, RecvProcess process)
    {
        using (process)
        {
            Assert.True(process.Wait() == 3, process.Everything);
            Assert.Equal("recv: " + says, Assert.Single(process.Error));
            Assert.Empty(process.Output);
        }
    }
}
