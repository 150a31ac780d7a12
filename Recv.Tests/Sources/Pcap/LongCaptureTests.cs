using System.Diagnostics;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Sources.Pcap;

/// <summary>A capture through a pipe has no length: what reads it may not need memory for more of it.</summary>
public sealed class LongCaptureTests : IDisposable
{
    private const int Short = 16 << 20;
    private const int Long = 128 << 20;

    // What a runtime may take meanwhile, far less than what is read.
    private const int Slack = 32 << 20;

    // Classic captures begin with so many bytes; the frames behind them may be repeated.
    private const int HeaderBytes = 24;

    private readonly TemporaryFolder _folder = new();

    private string Pipe => Path.Combine(_folder.Path, "pipe");

    // Goes on for as long as frames come: it does not end at a stop item.
    private static VectorScenario Scenario => VectorScenarios.Load("fengine-clean-8872");

    public void Dispose() => _folder.Dispose();

    [ToolFact("mkfifo")]
    public void ALongCaptureIsReplayedInTheMemoryOfAShortOne() => AssertGrowsNot("replay", Pipe, "--scenario", Scenario.JsonPath);

    [ToolFact("mkfifo")]
    public void ALongCaptureIsRecordedInTheMemoryOfAShortOne() =>
        AssertGrowsNot("capture", "pcap:" + Pipe, "/dev/null", "--memory", "8M");

    private void AssertGrowsNot(params string[] arguments)
    {
        using (var mkfifo = Process.Start("mkfifo", [Pipe])) mkfifo.WaitForExit();
        using RecvProcess process = RecvProcess.Start(arguments);
        byte[] capture = File.ReadAllBytes(Scenario.PcapPath);
        using (var writer = new FileStream(Pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.Write(capture.AsSpan(0, HeaderBytes));
            // Nearly all of what was written was read: a pipe and the reader's buffer hold a megabyte.
            int written = Write(writer, capture, 0, Short);
            long before = process.PeakMemory;
            Write(writer, capture, written, Long);
            long after = process.PeakMemory;
            Assert.True(after - before < Slack, $"from {before >> 20} MiB to {after >> 20} MiB for {(Long - Short) >> 20} MiB more");
        }
        Assert.True(process.Wait() == 0, process.Everything);
    }

    private static int Write(FileStream writer, byte[] capture, int written, int until)
    {
        for (; written < until; written += capture.Length - HeaderBytes) writer.Write(capture.AsSpan(HeaderBytes));
        writer.Flush();
        return written;
    }
}
