using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Cli;

/// <summary>The copy paths of other processors, as a process takes them that has been told to do without a feature.</summary>
public sealed class CopyPathTests
{
    // The name of the first changed with .NET 10.
    private static readonly string[] WithoutAvx512 = ["env", "DOTNET_EnableAVX512=0", "DOTNET_EnableAVX512F=0"];

    // Packets of 4 KiB and more, which are long enough to be copied past the caches; then some that no template of a header fits.
    private static readonly string[] Vectors = ["beam-clean-4096", "fengine-clean-8872", "odd-items"];

    [HostFact(HostNeed.Avx2)]
    public void WithoutAvx512ItIsAvx2AndTheChunksAreTheSame() => AssertPath("AVX2", WithoutAvx512);

    [HostFact(HostNeed.Avx2)]
    public void WithoutAvx2ItIs128BitsAndTheChunksAreTheSame() => AssertPath("128-bit vectors", [.. WithoutAvx512, "DOTNET_EnableAVX2=0"]);

    [Fact]
    public void WithoutVectorsItIsMemmoveAndTheChunksAreTheSame() => AssertPath("memmove", ["env", "DOTNET_EnableHWIntrinsic=0"]);

    private static void AssertPath(string path, string[] without)
    {
        string[] run = ["run", "--layout", "meerkat-digitiser", "--src", $"127.0.0.1:{LoopbackSender.FreePort()}", "--http", "off"];
        using RecvProcess process = RecvProcess.StartUnder(without, run);
        Assert.StartsWith($"recv: copying payload by {path}", process.AwaitError("copying payload by"), StringComparison.Ordinal);
        process.Signal(RecvProcess.Terminate);
        Assert.True(process.Wait() == 0, process.Everything);

        foreach (string name in Vectors)
        {
            string vector = Path.Combine(AppContext.BaseDirectory, "Vectors", name);
            Assert.Equal(Report([], vector), Report(without, vector));
        }
    }

    private static string Report(string[] wrapper, string vector)
    {
        using var report = new TemporaryFile([]);
        using RecvProcess replay = RecvProcess.StartUnder(
            wrapper, "replay", "--scenario", vector + ".json", "--report", report.Path, vector + ".pcap");
        Assert.True(replay.Wait() == 0, replay.Everything);
        return File.ReadAllText(report.Path);
    }
}
