using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Cli;

/// <summary>The built program from outside: exit code, what is on which stream, and never a stack trace.</summary>
[Collection(AloneCollection.Name)]
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-process-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2, "unknown verb 'frob'", "frob")]
    [InlineData(2, "unknown option '--frob'", "run", "--frob")]
    [InlineData(2, "needs a value", "replay", "x.pcap", "--report")]
    [InlineData(2, "is not a whole number", "run", "--max-chunks", "many")]
    [InlineData(2, "does not exist", "replay", "nowhere.pcap", "--layout", "meerkat-digitiser")]
    [InlineData(3, "is not an address of this host", "run", "--layout", "meerkat-digitiser", "--src", "10.255.255.1:7148", "--http", "off")]
    public void MistakeIsOneLineOnStandardError(int exitCode, string says, params string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(arguments);
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
        Assert.Empty(output);
    }

    [Fact]
    public void CaptureWithAHeaderOnlyIsFine()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(
            "replay", Cut(24), "--layout", "meerkat-digitiser");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains(output, line => line.Contains("the capture holds no datagram for this destination", StringComparison.Ordinal));
    }

    [Fact]
    public void CaptureThatIsCutShortIsDeliveredAsFarAsItGoesAndReported()
    {
        string report = Path.Combine(_folder.FullName, "report.json");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(
            "replay", Cut(100_000), "--scenario", Vector("json"), "--report", report);
        Assert.Equal(3, code);
        Assert.Matches(@"^recv: capture '.*' is damaged at offset \d+: the file ends inside a frame", Assert.Single(error));
        // 19 of its frames are whole.
        Assert.Contains(output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["delivered", "19", ..]);
        Assert.Contains("\"delivered\": 19", File.ReadAllText(report), StringComparison.Ordinal);
    }

    [ToolFact("sh", "cat")]
    public void CaptureMayComeThroughAPipe()
    {
        using RecvProcess process = RecvProcess.StartUnder(
            ["sh", "-c", $"cat '{Vector("pcap")}' | \"$@\"", "sh"], "replay", "/dev/stdin", "--scenario", Vector("json"));
        Assert.Equal(0, process.Wait());
        Assert.Contains(process.Output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["delivered", "48", ..]);
    }

    [ToolFact("mkfifo")]
    public void SignalsThatGoOnEndAProcessThatCannotStop()
    {
        // A pipe that stays open and says nothing more once the reader's buffer of 1 MiB was filled: nobody can stop that read.
        string pipe = Path.Combine(_folder.FullName, "pipe");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe])) mkfifo.WaitForExit();
        using RecvProcess process = RecvProcess.Start("replay", pipe, "--layout", "meerkat-digitiser");
        using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        byte[] capture = File.ReadAllBytes(Vector("pcap"));
        writer.Write(capture);
        for (int written = 0; written < 1 << 20; written += capture.Length) writer.Write(capture.AsSpan(24));
        writer.Flush();
        process.AwaitError("time ");
        process.Signal(RecvProcess.Interrupt);
        process.AwaitError("signal again to end at once");
        while (!process.HasEndedWithin(TimeSpan.FromMilliseconds(100))) process.Signal(RecvProcess.Interrupt);
        Assert.Equal(128 + RecvProcess.Interrupt, process.Wait());
    }

    [ToolFact("env", "mkfifo")]
    public void ASignalBeforeTheReplayHasBegunEndsItWithItsLedger()
    {
        // A pipe keeps the receiver from opening its source until somebody writes. It is started as a shell starts a command before
        // an &: deaf to SIGINT unless it says otherwise.
        string pipe = Path.Combine(_folder.FullName, "pipe");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe])) mkfifo.WaitForExit();
        using RecvProcess process = RecvProcess.StartUnder(["env", "--ignore-signal=INT"], "replay", pipe, "--layout", "meerkat-digitiser");
        Eventually.Holds(() => process.Handles(RecvProcess.Interrupt), "it listens to SIGINT");
        process.Signal(RecvProcess.Interrupt);
        process.AwaitError("SIGINT: stopping");
        using (var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            writer.Write(File.ReadAllBytes(Vector("pcap")).AsSpan(0, 24));
        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Contains("Ledger: what became of every datagram", process.Output);
    }

    private static string Vector(string extension) =>
        Path.Combine(AppContext.BaseDirectory, "Vectors", "digitiser-clean-10bit." + extension);

    private string Cut(int bytes)
    {
        string path = Path.Combine(_folder.FullName, $"cut-{bytes}.pcap");
        File.WriteAllBytes(path, File.ReadAllBytes(Vector("pcap"))[..bytes]);
        return path;
    }
}
