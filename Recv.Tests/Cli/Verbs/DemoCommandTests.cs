using System.Text.RegularExpressions;
using Recv.Cli.Verbs;
using Recv.Simulate;
using Recv.Sources;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Cli.Verbs;

[Collection(AloneCollection.Name)]
public sealed class DemoCommandTests
{
    // net.core.rmem_max of an ordinary host, which the kernel doubles.
    private const int OrdinaryBuffer = 2 * 212992;

    [HostFact(HostNeed.LoopbackMulticast)]
    public void DemoEndsWithoutLoss() => AssertDemo(RecvProcess.Start("demo", "--seconds", "2", "--http", "127.0.0.1:0"));

    // Without CAP_NET_ADMIN nobody gets more than net.core.rmem_max.
    [ToolFact("setpriv", NeedsRoot = true)]
    public void DemoEndsWithoutLossForAnOrdinaryUser() => AssertDemo(RecvProcess.StartUnder(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"],
        "demo", "--seconds", "2", "--http", "127.0.0.1:0"));

    [HostFact(HostNeed.LoopbackMulticast)]
    public void InterruptedDemoEndsCleanly()
    {
        using RecvProcess process = RecvProcess.Start("demo", "--seconds", "600", "--http", "off");
        process.AwaitError("time ");
        process.Signal(RecvProcess.Interrupt);
        Assert.Equal(0, process.Wait());
        Assert.Contains(process.Output, line => line.StartsWith("verify: ", StringComparison.Ordinal)
            && line.Contains(" 0 wrong", StringComparison.Ordinal));
    }

    [Fact]
    public void AffordableRateFillsNoOrdinaryBufferIn50Milliseconds()
    {
        double bytesIn50Milliseconds = DemoCommand.AffordableGbps(OrdinaryBuffer) * 1e9 / 8 * 0.05;
        // The kernel accounts about twice the payload.
        Assert.InRange(bytesIn50Milliseconds, 1, OrdinaryBuffer / 2);
        Assert.Equal(1, DemoCommand.AffordableGbps(64 << 20));
    }

    [Fact]
    public void OrdinaryBufferTakesTheAffordableRateWithoutLoss()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-digitiser",
            new SimulatorOptions { Heaps = 256, RateGbps = DemoCommand.AffordableGbps(OrdinaryBuffer) },
            stream: null, buffer: new SourceOptions { BufferBytes = OrdinaryBuffer }, ("chunk_samples", "65536"));

        run.AssertConserved();
        Assert.False(run.Ledger.AnyLoss);
        Assert.Equal((256, 0), (run.Verified.Verified, run.Verified.Wrong));
    }

    private static void AssertDemo(RecvProcess process)
    {
        using (process)
        {
            Assert.True(process.Wait() == 0, process.Everything);
            Assert.Contains(process.Error, line => line.StartsWith("recv: metrics at http://127.0.0.1:", StringComparison.Ordinal));
            long seen = Count(process, "seen");
            Assert.True(seen > 0);
            // All but the stop heap.
            Assert.Equal(seen - 1, Count(process, "delivered"));
            Assert.Equal((0, 0, 0), (Count(process, "in_flight"), Count(process, "kernel_dropped"), Count(process, "missing")));
            Assert.Contains(process.Output,
                line => Regex.IsMatch(line, $"^verify: \\d+ chunks, {seen - 1} heaps verified, 0 wrong, 0 absent$"));
            // The tones of the simulator are at 1/16 and 2/16 of the sample rate.
            Assert.Contains(process.Output, line => line.StartsWith("Spectrum of source 0: peak ", StringComparison.Ordinal)
                && line.Contains("in channel 32 of 256", StringComparison.Ordinal));
            Assert.Contains(process.Output, line => line.StartsWith("Spectrum of source 1: peak ", StringComparison.Ordinal)
                && line.Contains("in channel 64 of 256", StringComparison.Ordinal));
        }
    }

    private static long Count(RecvProcess process, string name)
    {
        string[] words = process.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(words => words[0] == name);
        return long.Parse(words.First(word => char.IsAsciiDigit(word[0])).Replace(",", "", StringComparison.Ordinal));
    }
}
