using System.Text.Json.Nodes;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Verbs;

public sealed class ReplayCommandTests : IDisposable
{
    // They depend on how the reference is built inside (vectors/README.md).
    private static readonly string[] NotCompared = ["batches", "max_batch", "search_dist", "worker_blocked"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-replay-");

    private string Report => Path.Combine(_folder.FullName, "report.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(VectorScenarios.WithChunks), MemberType = typeof(VectorScenarios))]
    public void ReportOfAScenarioIsWhatTheVectorExpects(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "replay", "--scenario", scenario.JsonPath, "--report", Report, scenario.PcapPath);
        // Of a vector whose heaps are mostly refused that is said.
        Assert.All(error, line => Assert.StartsWith("recv: warning: ", line, StringComparison.Ordinal));
        Assert.Equal(0, code);
        AssertExpected(scenario, Report);
    }

    [Theory]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("beam-group")]
    [InlineData("pcap-vlan")]
    public void ReportFromOutsideIsWhatTheVectorExpects(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(
            "replay", "--report", Report, "--sink", "null", "--scenario", scenario.JsonPath, "--sink", "null", scenario.PcapPath);
        Assert.Empty(error);
        Assert.Equal(0, code);
        Assert.Contains("Ledger: what became of every datagram", output);
        AssertExpected(scenario, Report);
    }

    [Fact]
    public void ReportOnStandardOutputIsNothingButJson()
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(
            "replay", scenario.PcapPath, "--report", "-", "--scenario", scenario.JsonPath);
        Assert.Equal(0, code);
        Assert.NotNull(JsonNode.Parse(string.Join('\n', output))!["chunks"]);
        Assert.Contains("Ledger: what became of every datagram", error);
    }

    [Theory]
    [InlineData("replay", "CAPTURE", "--layout", "meerkat-digitiser", "--set", "heap_samples=4096", "--set", "chunk_samples=65536",
        "--report", "REPORT")]
    [InlineData("replay", "--report", "REPORT", "--set", "chunk_samples=65536", "CAPTURE", "--set", "heap_samples=4096", "--layout",
        "meerkat-digitiser")]
    [InlineData("replay", "--layout=meerkat-digitiser", "--set=chunk_samples=65536", "--sink", "null", "--sink", "null", "--report=REPORT",
        "--set", "heap_samples=4096", "CAPTURE")]
    public void OptionsComeInAnyOrderAndListsDoNotSwallowTheFile(params string[] arguments)
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run([.. arguments.Select(argument => argument
            .Replace("CAPTURE", scenario.PcapPath, StringComparison.Ordinal).Replace("REPORT", Report, StringComparison.Ordinal))]);
        Assert.Empty(error);
        Assert.Equal(0, code);
        Assert.Equal(48, (long)JsonNode.Parse(File.ReadAllText(Report))!["ledger"]!["delivered"]!);
    }

    [Fact]
    public void OnlyTheDestinationsThatAreNamedAreReceived()
    {
        VectorScenario scenario = VectorScenarios.Load("beam-group");
        VectorDestination first = scenario.Destinations[0];
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run(
            "replay", scenario.PcapPath, "--layout", "meerkat-beam", "--dst", $"{first.Address}:{first.Port}?pol=0");
        Assert.Equal(0, code);
        Assert.Contains(output, line => Words(line) is ["skipped", "other_destination", "49", ..]);
        Assert.Contains(output, line => Words(line) is ["seen", "49", ..]);
    }

    [Fact]
    public void LossIsExitCode1WhereItIsToFail()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-lost-packets");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--fail-on-loss");
        Assert.Equal(1, code);
        Assert.Matches(@"^recv: lost: incomplete_evicted \d+, .*missing heaps \d+; failing because of --fail-on-loss$",
            Assert.Single(error));
        Assert.Contains(output, line => line.Contains("incomplete_evicted", StringComparison.Ordinal));
        Assert.Equal(0, RecvInProcess.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath).ExitCode);
    }

    [Fact]
    public void DescriptorsAndStopHeapsAreNoLoss()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-descriptors");
        Assert.Equal(0, RecvInProcess.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--fail-on-loss").ExitCode);
    }

    [Fact]
    public void WrongSamplesAreExitCode1()
    {
        // The vectors hold noise of their own.
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "verify");
        Assert.Equal(1, code);
        Assert.DoesNotContain(output, line => line.StartsWith("verify", StringComparison.Ordinal));
        Assert.StartsWith("recv: sink verify found damage: verify: ", Assert.Single(error), StringComparison.Ordinal);
    }

    [Fact]
    public void SinkThatCannotVerifyTheLayoutIsOneLine()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-clean-8872");
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "verify:tone");
        Assert.Equal(2, code);
        Assert.Contains("so no tone; use pattern noise", Assert.Single(error), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.OfSpead2Send), MemberType = typeof(VectorScenarios))]
    public void HeapsOfSpead2SendAreListedAndTheirPatternIsChecked(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run(
            "replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--report", Report);
        Assert.Equal(0, code);
        JsonNode expected = JsonNode.Parse(File.ReadAllText(scenario.JsonPath))!["expected"]!["heaps"]!;
        JsonNode report = JsonNode.Parse(File.ReadAllText(Report))!;
        Assert.True(JsonNode.DeepEquals(expected, report["heaps"]), $"expected {expected}\n\ngot {report["heaps"]}");
        int heaps = expected.AsArray().Count;
        Assert.Equal((heaps, 0), ((int)report["verify"]!["heaps"]!, (int)report["verify"]!["wrong"]!));
        Assert.Contains($"spead2_send --verify: {heaps} heaps compared with its pattern, 0 wrong", output);
    }

    [Fact]
    public void AWrongSampleOfSpead2SendIsExitCode1()
    {
        VectorScenario scenario = VectorScenarios.Load("spead2-send-packet-8872");
        byte[] bytes = File.ReadAllBytes(scenario.PcapPath);
        bytes[bytes.Length / 2] ^= 1;
        using TemporaryFile damaged = new(bytes);
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("replay", damaged.Path, "--scenario", scenario.JsonPath);
        Assert.Equal(1, code);
        Assert.Contains(output, line => line.EndsWith("heaps compared with its pattern, 1 wrong", StringComparison.Ordinal));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static void AssertExpected(VectorScenario scenario, string file)
    {
        JsonNode report = JsonNode.Parse(File.ReadAllText(file))!;
        JsonNode vector = JsonNode.Parse(File.ReadAllText(scenario.JsonPath))!;
        JsonNode expected = vector["expected_untagged"] ?? vector["expected"]!;
        Assert.True(JsonNode.DeepEquals(expected["chunks"], report["chunks"]), $"expected {expected["chunks"]}\n\ngot {report["chunks"]}");
        foreach ((string name, JsonNode? statistics) in expected.AsObject()
            .Where(part => part.Key.StartsWith("stats", StringComparison.Ordinal)))
        {
            foreach ((string statistic, JsonNode? value) in statistics!.AsObject().Where(one => !NotCompared.Contains(one.Key)))
                Assert.Equal((statistic, (long)value!),
                    (statistic, (long)report[name]![statistic.Replace("katgpucbf.", "", StringComparison.Ordinal)]!));
        }
        // Datagrams in pieces are dropped by the filter of the reference, and are an outcome here.
        Assert.Equal(scenario.Datagrams, report["ledger"]!.AsObject().Where(outcome => outcome.Key != "fragment").Sum(outcome =>
            (long)outcome.Value!));
    }
}
