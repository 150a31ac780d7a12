using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Cli.View;

/// <summary>A terminal, a log or a pipe that goes away costs what was to be written there, and nothing else.</summary>
[Collection(AloneCollection.Name)]
public sealed class StandardStreamsTests : IDisposable
{
    private const int Hangup = 1; // SIGHUP

    private static readonly string Capture = Path.Combine(AppContext.BaseDirectory, "Vectors", "digitiser-clean-10bit.pcap");

    private static readonly string[] Rehearsal =
        ["run", "--layout", "meerkat-digitiser", "--set", "chunk_samples=4096", "--src", "pcap:" + Capture, "--http", "off"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-streams-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(">&-", "it is closed")]
    [InlineData(">/dev/full", "No space left on device")]
    [InlineData("<&- >&-", "it is closed")]
    public void OutputThatCannotBeWrittenIsSaidAndShowsInTheExitCode(string redirection, string why)
    {
        using RecvProcess process = Redirected(redirection, [.. Rehearsal, "--sink", "file:" + PathOf("chunks")]);
        Assert.True(process.Wait() == 3, process.Everything);
        Assert.Equal($"recv: standard output cannot be written: {why}; some or all of what was to stand there is lost", process.Error[^1]);
        Assert.Empty(process.Output);
        // The data came through.
        Assert.NotEmpty(Directory.GetFiles(PathOf("chunks"), "*.json"));
    }

    [Fact]
    public void AReportThatDoesNotFitShowsInTheExitCode()
    {
        using RecvProcess process = Redirected(
            ">/dev/full", ["replay", Capture, "--scenario", Path.ChangeExtension(Capture, ".json"), "--report", "-"]);
        Assert.True(process.Wait() == 3, process.Everything);
        Assert.Contains(process.Error, line => line.Contains("standard output cannot be written: No space left", StringComparison.Ordinal));
    }

    [ToolFact("sh", "mkfifo")]
    public void AReaderThatHasGoneShowsInTheExitCode()
    {
        // The reader closes its end and then lets recv start.
        string code = PathOf("code");
        using RecvProcess process = RecvProcess.StartUnder(
            ["sh", "-c", $"mkfifo '{PathOf("gone")}'; {{ read line <'{PathOf("gone")}'; \"$@\"; echo $? >'{code}'; }} | {{ exec <&-; "
                + $"echo >'{PathOf("gone")}'; }}", "sh"],
            Rehearsal);
        process.Wait();
        Assert.Equal("3", File.ReadAllText(code).Trim());
        Assert.Equal("recv: standard output cannot be written: Broken pipe; some or all of what was to stand there is lost",
            process.Error[^1]);
    }

    // Whoever pages through what is only shown may stop reading it.
    [ToolTheory("sh", "mkfifo")]
    [InlineData("inspect", "CAPTURE")]
    [InlineData("inspect", "CAPTURE", "--json")]
    [InlineData("layouts", "list")]
    [InlineData("run", "--help")]
    public void AReaderThatHasSeenEnoughIsNoLoss(params string[] arguments)
    {
        string code = PathOf("code"), gone = PathOf("gone");
        using RecvProcess process = RecvProcess.StartUnder(
            ["sh", "-c", $"mkfifo '{gone}'; {{ read line <'{gone}'; \"$@\"; echo $? >'{code}'; }} | {{ exec <&-; echo >'{gone}'; }}", "sh"],
            [.. arguments.Select(argument => argument.Replace("CAPTURE", Capture, StringComparison.Ordinal))]);
        process.Wait();
        Assert.Equal("0", File.ReadAllText(code).Trim());
        Assert.Empty(process.Error);
    }

    [Theory]
    [InlineData("capture", "pcap:CAPTURE", "-")]
    [InlineData("capture", "pcap:CAPTURE", "/dev/fd/1")]
    [InlineData("capture", "pcap:CAPTURE", "/proc/self/fd/1")]
    [InlineData("inspect", "CAPTURE", "--write-layout", "/dev/stdout")]
    [InlineData("replay", "CAPTURE", "--layout", "meerkat-digitiser", "--report", "/dev/stdout")]
    [InlineData("replay", "CAPTURE", "--layout", "meerkat-digitiser", "--report", "-")]
    public void OutputThatIsGoneIsSaidOnce(params string[] arguments)
    {
        using RecvProcess process = Redirected(
            ">/dev/full", [.. arguments.Select(argument => argument.Replace("CAPTURE", Capture, StringComparison.Ordinal))]);
        Assert.True(process.Wait() == 3, process.Everything);
        Assert.Single(process.Error, line => line.StartsWith("recv: ", StringComparison.Ordinal)
            && (line.Contains("cannot be written", StringComparison.Ordinal)
                || line.Contains("no space is left", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public void ErrorsThatCannotBeWrittenCostTheViewOnly(string redirection)
    {
        using RecvProcess process = Redirected(redirection, Rehearsal);
        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Contains("Ledger: what became of every datagram", process.Output);
        Assert.Equal("null: 24 chunks, 48 heaps present, 0 absent", process.Output[^1]);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("<&- >&- 2>&-")]
    public void AMistakeKeepsItsExitCodeWhereItCannotBeSaid(string redirection)
    {
        using RecvProcess process = Redirected(redirection, ["frob"]);
        Assert.Equal(2, process.Wait());
    }

    [ToolFact("nohup")]
    public void ATerminalThatHangsUpIsACleanStopUnlessItIsIgnored()
    {
        string[] run = ["run", "--layout", "meerkat-digitiser", "--src", $"127.0.0.1:{LoopbackSender.FreePort()}", "--http", "off"];
        using (RecvProcess process = RecvProcess.Start(run))
        {
            process.AwaitError("datagrams 0 ");
            process.Signal(Hangup);
            Assert.True(process.Wait() == 0, process.Everything);
            Assert.Contains("recv: SIGHUP: stopping; signal again to end at once", process.Error);
            Assert.Contains("Ledger: what became of every datagram", process.Output);
        }
        using (RecvProcess process = RecvProcess.StartUnder(["nohup"], run))
        {
            process.AwaitError("datagrams 0 ");
            process.Signal(Hangup);
            int seen = process.Error.Count;
            process.AwaitError("datagrams 0 ", after: seen + 1);
            process.Signal(RecvProcess.Terminate);
            Assert.True(process.Wait() == 0, process.Everything);
            Assert.DoesNotContain(process.Error, line => line.Contains("SIGHUP", StringComparison.Ordinal));
        }
    }

    [ToolTheory("script", "env")]
    [InlineData("TERM=xterm", true)]
    [InlineData("TERM=dumb", false)]
    [InlineData("--unset=TERM", false)]
    public void ATerminalThatCannotGoBackGetsLinesAndNoTable(string terminal, bool hasTable)
    {
        using RecvProcess process = RecvProcess.StartUnder(
            ["sh", "-c", $"exec script -qec \"env {terminal} $*\" /dev/null", "sh"], Rehearsal);
        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Single(process.Output, line => line.Contains("Ledger: ", StringComparison.Ordinal));
        Assert.Equal(hasTable, process.Output.Any(line => line.Contains('╭')));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private static RecvProcess Redirected(string redirection, params IReadOnlyList<string> arguments) =>
        RecvProcess.StartUnder(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], arguments);
}
