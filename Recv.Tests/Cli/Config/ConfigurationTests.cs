using FsCheck;
using FsCheck.Fluent;
using Recv.Cli.Config;
using Recv.Cli.Verbs;
using Recv.Cli.Verbs.Run;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Config;

/// <summary>Command line before environment before file before default, and what is said of mistakes.</summary>
public sealed class ConfigurationTests
{
    private const string File = """
        layout: meerkat-digitiser
        set: {heap_samples: 512, chunk_samples: 4096}
        src:
          - 127.0.0.1:7148
          - 127.0.0.1:7149,127.0.0.1:7150
        affinity: [2, -1]
        max-chunks: 3
        fail-on-loss: true
        adc-rate: 1712e6
        """;

    private static readonly Verb Run = Verb.Of<RunOptions>(_ => 0, "recv run");

    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void AFileGivesOptionsByTheirNames() => WithFile(File, file => Assert.Equal(
        [
            "--config=" + file, "--layout=meerkat-digitiser", "--set=heap_samples=512\u001fchunk_samples=4096",
            "--src=127.0.0.1:7148\u001f127.0.0.1:7149,127.0.0.1:7150", "--affinity=2,-1", "--max-chunks=3", "--fail-on-loss",
                "--adc-rate=1712e6",
        ],
        Of(["--config=" + file]).Arguments));

    [Fact]
    public void TheCommandLineGoesBeforeTheEnvironmentAndThatBeforeTheFile() => WithFile(File, file =>
    {
        var variables = new Dictionary<string, string>
        {
            ["RECV_CONFIG"] = file,
            ["RECV_MAX_CHUNKS"] = "4",
            ["RECV_LAYOUT"] = "meerkat-beam",
            ["RECV_FAIL_ON_LOSS"] = "no",
            ["RECV_BUFFER"] = "",
        };
        Configuration configuration = Of(["--max-chunks=5", "--src=127.0.0.1:1"], variables);
        Assert.Contains("--max-chunks=5", configuration.Arguments);
        Assert.Contains("--layout=meerkat-beam", configuration.Arguments);
        // A list is one option, and not added up.
        Assert.Contains("--src=127.0.0.1:1", configuration.Arguments);
        Assert.DoesNotContain("--fail-on-loss", configuration.Arguments);
        Assert.Equal(
            ["command line", "RECV_LAYOUT", "command line", $"{file}:6:11", "RECV_FAIL_ON_LOSS", "default", "RECV_CONFIG"],
            ((string[])["max-chunks", "layout", "src", "affinity", "fail-on-loss", "buffer", "config"]).Select(configuration.OriginOf));
    });

    [Fact]
    public void SemicolonsStandBetweenTheValuesOfAVariable() => Assert.Equal(
        ["--set=a=1\u001fb=2", "--sink=null\u001fverify:noise",
            "--src=239.10.10.0+7:7148?if=eth0&pol=0\u001f10.0.0.1:7148,10.0.0.2:7148"],
        Of([], new Dictionary<string, string>
        {
            ["RECV_SRC"] = " 239.10.10.0+7:7148?if=eth0&pol=0 ; 10.0.0.1:7148,10.0.0.2:7148;",
            ["RECV_SET"] = "a=1;b=2",
            ["RECV_SINK"] = "null;verify:noise",
        }).Arguments.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("max_chunks: 3", ":1:1: unknown key 'max_chunks'; did you mean 'max-chunks'? keys are the options of `recv run --help`")]
    [InlineData("layout: a\nsinks: [verify]", ":2:1: unknown key 'sinks'; did you mean 'sink'? ")]
    [InlineData("frobnicate: 1", ":1:1: unknown key 'frobnicate'; keys are the options")]
    [InlineData("config: other.yaml", ":1:1: unknown key 'config'; ")]
    [InlineData("check: true", ":1:1: unknown key 'check'; ")]
    [InlineData("max-chunks: [1, 2]", ":1:13: 'max-chunks' takes one value, not 2; write max-chunks: VALUE")]
    [InlineData("max-chunks: []", ":1:13: 'max-chunks' takes one value, not 0")]
    [InlineData("max-chunks:", ":1:12: 'max-chunks' has no value; write one")]
    [InlineData("src: [[a]]", ":1:7: expected a value for an entry of 'src', found a list")]
    [InlineData("fail-on-loss: perhaps", ":1:15: 'fail-on-loss': 'perhaps' is neither true nor false")]
    [InlineData("layout: a\nlayout: b", ":2:1: duplicate key")]
    [InlineData("- layout", ":1:1: expected a mapping (key: value) for a configuration, found a list")]
    [InlineData("", ":1:1: the file is empty; a configuration is a YAML mapping")]
    [InlineData("layout: {", ":1:1")]
    [InlineData("layout: *a", ":1:9: alias '*a'")]
    [InlineData(" \0- :\t\0:[a", ":2:1: not YAML from here on; ")]
    public void AMistakeInTheFileIsSaidWithFileLineAndColumn(string yaml, string says) => WithFile(yaml, file =>
    {
        RecvException error = Assert.Throws<RecvException>(() => Of(["--config=" + file]));
        Assert.Equal(RecvException.Usage, error.ExitCode);
        Assert.StartsWith(file + (says == ":1:1" ? ":" : says), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    });

    [Fact]
    public void AnyTextAsAFileIsReadOrRefusedInOneLine() => Prop.ForAll(Gen.ArrayOf(Gen.Elements(
        "layout", "src", ":", " ", "\n", "- ", "[", "]", "{", "}", "a", "\"", "'", "#", "|", "!", "&", "*", "\t", "\0", "é",
            "max-chunks: 3\n")).ToArbitrary(), parts => WithFile(string.Concat(parts), file =>
    {
        try
        {
            Of(["--config=" + file]);
        }
        catch (RecvException error)
        {
            Assert.DoesNotContain('\n', error.Message);
        }
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void ASwitchInTheEnvironmentIsTrueOrFalse()
    {
        RecvException error = Assert.Throws<RecvException>(() =>
            Of([], new Dictionary<string, string> { ["RECV_FAIL_ON_LOSS"] = "maybe" }));
        Assert.Equal((RecvException.Usage, "RECV_FAIL_ON_LOSS: 'maybe' is neither true nor false"), (error.ExitCode, error.Message));
    }

    [Fact]
    public void AVariableThatIsNearlyOneIsSuspectedAndOthersAreNot() => Assert.Equal(
        ["the environment variable RECV_LAYUOT is not used; did you mean RECV_LAYOUT?"],
        Of([], new Dictionary<string, string>
        {
            ["RECV_LAYUOT"] = "x",
            ["RECV_VECTORS"] = "x",
            ["RECV_SERVICE_HOST"] = "x",
            ["PATH"] = "x",
            ["RECV_SRC"] = "127.0.0.1:7148",
        }).Warnings);

    [Theory]
    [InlineData("max-chunks: two", ":1:13: run: option --max-chunks: 'two' is not a whole number")]
    [InlineData("flush-idle: 1,5", ":1:13: run: option --flush-idle: '1,5' has a comma; write 0.5 for a half")]
    [InlineData("affinity: ' 0'", ":1:11: run: option --affinity: ' 0' begins with a space")]
    [InlineData("src: |\n  127.0.0.1:7148\n", ":1:6: run: option --src: its value has several lines")]
    [InlineData("layout: Meerkat\nsrc: 127.0.0.1:7148", ":1:9: layout 'Meerkat' is unknown")]
    [InlineData("layout: meerkat-digitiser\nsrc: 127.0.0.1:7148\noverrun: wait", ":3:10: --overrun wait: give drop-oldest")]
    [InlineData("layout: meerkat-digitiser\nsrc: 127.0.0.1:7148\nchunks: 2", ":3:9: --chunks 2: the window alone holds 2")]
    [InlineData("layout: meerkat-digitiser\nsrc: {a: b}", ":2:6: source 'a=b': 'a=b' is not an IP address")]
    [InlineData("layout: meerkat-digitiser\nsrc: 127.0.0.1:7148\nset: foo", ":3:6: --set foo: write it as")]
    [InlineData("layout: meerkat-digitiser\nsrc: 127.0.0.1:7148\nkatcp: 127.0.0.1:7147",
        ":3:8: --katcp: sensors tell the time of the data")]
    public void AWrongValueIsSaidWithWhereItStands(string yaml, string says) => WithFile(yaml, file =>
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("run", "--config", file, "--check");
        Assert.Equal(RecvException.Usage, code);
        Assert.StartsWith("recv: " + file + says, Assert.Single(error), StringComparison.Ordinal);
    });

    [Fact]
    public void AFileThatIsNotThereIsAMistakeOfTheUser()
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("run", "--config", "/nowhere/recv.yaml");
        Assert.Equal(RecvException.Usage, code);
        Assert.Equal("recv: --config /nowhere/recv.yaml does not exist; check the path", Assert.Single(error));
    }

    private static Configuration Of(IReadOnlyList<string> arguments, Dictionary<string, string>? variables = null) =>
        Configuration.Of(Run, arguments, variables ?? NoVariables);

    private static void WithFile(string yaml, Action<string> use)
    {
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes(yaml));
        use(file.Path);
    }
}
