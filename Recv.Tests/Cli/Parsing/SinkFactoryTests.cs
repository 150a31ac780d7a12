using Recv.Cli.Parsing;
using Recv.Sinks.File;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Parsing;

public sealed class SinkFactoryTests
{
    [Theory]
    [InlineData("file:tm/d?kep=3", "'?kep=3' is nothing that a file sink knows; write ?keep=N")]
    [InlineData("file:d?", "'?' is nothing that a file sink knows")]
    [InlineData("file:d?keep", "'?keep' is nothing that a file sink knows")]
    [InlineData("file:d?x=1?keep=3", "'?x=1?keep=3' is nothing that a file sink knows")]
    [InlineData("file:d?keep=", "'' is not a number of chunks to keep")]
    [InlineData("file:d?keep=0", "'0' is not a number of chunks to keep")]
    [InlineData("file:d?keep=-3", "'-3' is not a number of chunks to keep")]
    [InlineData("file:d?keep=3&x=1", "'3&x=1' is not a number of chunks to keep")]
    [InlineData("file:", "--sink file: names no folder; write file:DIR")]
    [InlineData("file:?keep=3", "names no folder")]
    [InlineData("frob", "--sink frob: give null, ")]
    public void AMistakeIsRefusedBeforeAnythingIsMade(string text, string says)
    {
        RecvException refused = Assert.Throws<RecvException>(() => SinkFactory.Create([text], null));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("?keep=2", 2)]
    public void AFolderMayHaveColonsAndKeepsWhatIsAskedFor(string query, int kept)
    {
        using var folder = new TemporaryFolder();
        string stem = Path.Combine(folder.Path, "a:b=c");
        VectorScenario scenario = VectorScenarios.Load("fengine-clean-8872");
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", $"file:{stem}{query}");
        Assert.True(code == 0, string.Join('\n', error));
        Assert.Equal(kept, StoredChunk.In(stem).Count);
    }
}
