using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli;

/// <summary>What a shell, a unit or a container may not give: open files.</summary>
[Collection(AloneCollection.Name)]
public sealed class PoorHostTests
{
    private static readonly string Capture = Path.Combine(AppContext.BaseDirectory, "Vectors", "digitiser-clean-10bit.pcap");

    private static readonly string[] Replay = ["replay", Capture, "--scenario", Path.ChangeExtension(Capture, ".json")];

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
