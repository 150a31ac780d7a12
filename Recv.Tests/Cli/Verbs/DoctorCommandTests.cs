using System.Text.Json;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Verbs;

public sealed class DoctorCommandTests
{
    [Fact]
    public void TheExitCodeSaysWhetherThereIsAProblemAndTheJsonAgrees()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run("doctor", "--json");
        Assert.Empty(error);
        using JsonDocument json = JsonDocument.Parse(string.Join('\n', output));
        bool isFit = json.RootElement.GetProperty("fit").GetBoolean();
        Assert.Equal(isFit ? 0 : 1, code);
        JsonElement[] findings = [.. json.RootElement.GetProperty("findings").EnumerateArray()];
        Assert.Equal(!isFit, findings.Any(finding => finding.GetProperty("level").GetString() == "problem"));
        Assert.Contains(findings, finding => finding.GetProperty("name").GetString() == "af-xdp");
    }

    [Fact]
    public void ThePageHasEachFindingWithItsLine()
    {
        (_, IReadOnlyList<string> output, _) = RecvInProcess.Run("doctor", "--rate", "1");
        Assert.Contains(output, line => line.Contains(" packet-ring: ", StringComparison.Ordinal));
        Assert.Matches("(\\b1 piece|[02-9] pieces|\\d\\d pieces) of advice", output[^1]);
    }

    [Theory]
    [InlineData("--try: name the interface", "--try")]
    [InlineData("--rate 0: give Gb/s", "--rate", "0")]
    public void AMistakeIsOneLine(string says, params string[] arguments)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(["doctor", .. arguments]);
        Assert.Equal(2, code);
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
    }
}
