using System.Text;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Config;

/// <summary><c>recv run --check</c>: what is wrong, or what will be used.</summary>
public sealed class CheckTests
{
    private static readonly string[] Given =
    [
        "run", "--check", "--layout", "meerkat-digitiser", "--set", "heap_samples=512", "--set", "chunk_samples=4096",
        "--src", "127.0.0.1:7148", "--src", "[::1]:7149?if=lo", "--affinity", "-1,-1", "--adc-rate", "1712e6", "--sync-time",
            "2026-01-01T00:00:00Z", "--fail-on-loss",
    ];

    [Fact]
    public void EveryOptionIsPrintedWithWhereItIsFrom()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(Given);
        Assert.Equal((0, 0), (code, error.Count));
        string[] lines = [.. output.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Equal("# recv run: command line > environment (RECV_...) > file (--config) > default", lines[0]);
        Assert.Contains("layout: meerkat-digitiser # command line", lines);
        Assert.Contains("max-chunks: 2 # default", lines);
        Assert.Contains("adc-rate: 1712000000 # command line", lines);
        Assert.Contains("fail-on-loss: true # command line", lines);
        Assert.Contains("""- "[::1]:7149?if=lo" """.TrimEnd(), lines);
        Assert.DoesNotContain(lines, line => line.Contains("check", StringComparison.Ordinal));
    }

    [Fact]
    public void CheckPrintsDefaultsAsTheyWillBeUsed()
    {
        string[] lines = Printed("run", "--check", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148", "--src", "127.0.0.1:7149");
        Assert.Contains("overrun: drop-oldest # default", lines);
        Assert.Contains("time: resync # default", lines);
        Assert.Contains("sink: # default", lines);
        Assert.Contains("- null", lines);
        Assert.Contains("# buffer: 64M # default, as far as the host grants it", lines);
        Assert.Contains("# streams: 2 # default: each --src is a stream", lines);
        Assert.Contains("# affinity: -1,-1 # default: any core", lines);
        string chunks = Assert.Single(lines, line => line.StartsWith("# chunks: ", StringComparison.Ordinal));
        Assert.True(int.Parse(chunks.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture) > 2, chunks);

        // Of a capture, which waits and has no socket, other things follow.
        lines = Printed("run", "--check", "--layout", "meerkat-digitiser", "--src", "pcap:x.pcap", "--chunks", "9", "--sink", "verify");
        Assert.Contains("overrun: block # default", lines);
        Assert.Contains("# buffer: # not set", lines);
        Assert.Contains("chunks: 9 # command line", lines);
        Assert.Contains("sink: # command line", lines);
    }

    [Theory]
    [InlineData("sink: null")]
    [InlineData("sink: [null]")]
    [InlineData("sink: \"null\"")]
    [InlineData("allow-out-of-order: yes")]
    [InlineData("allow-out-of-order: off")]
    public void CheckTakesWhatTheDocumentationAllows(string line)
    {
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes($"layout: meerkat-digitiser\nsrc: 127.0.0.1:7148\n{line}\n"));
        string[] lines = Printed("run", "--check", "--config", file.Path);
        if (line.StartsWith("sink", StringComparison.Ordinal)) Assert.Contains("- null", lines);
        string value = line.EndsWith("yes", StringComparison.Ordinal) ? "true" : "false";
        if (line.StartsWith("allow", StringComparison.Ordinal))
            Assert.Contains(lines, said => said.StartsWith($"allow-out-of-order: {value} # ", StringComparison.Ordinal));
    }

    [Fact]
    public void CheckPrintsAFileThatSaysTheSame()
    {
        IReadOnlyList<string> first = RecvInProcess.Run(Given).Output;
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(string.Join('\n', first) + "\n"));
        (int code, IReadOnlyList<string> second, IReadOnlyList<string> error) = RecvInProcess.Run("run", "--check", "--config",
            file.Path);
        Assert.True(code == 0, string.Join('\n', error));
        Assert.Equal(first.Select(WithoutOrigin), second.Select(WithoutOrigin));
        Assert.Contains(second, line =>
            line.EndsWith(
                $"# {file.Path}:{Array.FindIndex([.. first], text => text.StartsWith("layout:", StringComparison.Ordinal)) + 1}:9",
                    StringComparison.Ordinal));
    }

    [Fact]
    public void NothingIsOpenedOrListenedOn()
    {
        // Neither the group on an interface that is not there nor the address that is not ours is asked for.
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(
            "run", "--check", "--layout", "meerkat-digitiser", "--src", "239.1.2.3:7148?if=nope0", "--http", "10.255.255.1:9488",
                "--chunks", "1000000");
        Assert.True(code == 0, string.Join('\n', error));
    }

    [Theory]
    [InlineData("cannot run thread 'stream 0' on core 9999: no such core", "--affinity", "9999")]
    [InlineData("a receive buffer of 921600 MiB was asked for, 2048 MiB granted; the kernel gives a socket 2048 MiB at most", "--buffer",
        "900G")]
    public void CheckRefusesWhatNoHostHas(string says, params string[] options)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run(["run", "--check", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148", .. options]);
        Assert.Equal((3, 0), (code, output.Count));
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckWarnsOfWhatThisHostLacksInTheWordsOfTheStart()
    {
        // More cores than any machine of today has, fewer than a kernel may have.
        string[] run = ["run", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148?if=nope0", "--affinity", "8191", "--http", "off"];
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run([.. run, "--check"]);
        Assert.True(code == 0, string.Join('\n', error));
        Assert.NotEmpty(output);
        Assert.Equal(2, error.Count);
        Assert.All(error, line => Assert.StartsWith("recv: warning: on this host the start would fail: ", line, StringComparison.Ordinal));
        (code, _, IReadOnlyList<string> atStart) = RecvInProcess.Run(run);
        Assert.Equal(3, code);
        Assert.EndsWith(Assert.Single(atStart)["recv: ".Length..], error[0], StringComparison.Ordinal);
        Assert.Contains("--affinity 8191: cannot run thread 'stream 0' on core 8191: ", error[1], StringComparison.Ordinal);
    }

    [Fact]
    public void CheckWarnsOfALimitOfMemoryInTheWordsOfTheStart()
    {
        // The runtime takes the limit of a cgroup for its own in the same way.
        string[] limited = ["env", "DOTNET_GCHeapHardLimit=0x10000000"];
        string[] run = ["run", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148", "--chunks", "200", "--http", "off"];
        using RecvProcess start = RecvProcess.StartUnder(limited, run), check = RecvProcess.StartUnder(limited, [.. run, "--check"]);
        Assert.True(start.Wait() == 3, start.Everything);
        Assert.True(check.Wait() == 0, check.Everything);
        string refusal = Assert.Single(start.Error, line => line.Contains("200 chunks of ", StringComparison.Ordinal));
        Assert.Contains("need more memory than the 256 MiB that the process may use", refusal, StringComparison.Ordinal);
        Assert.Contains("recv: warning: on this host the start would fail: " + refusal["recv: ".Length..], check.Error);
    }

    [SourceTreeFact]
    public void TheExampleForServicesIsFineAndSaysItsOptions()
    {
        string example = Path.Combine(SourceTree.Root!, "deploy", "recv.yaml");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run("run", "--check", "--config", example);
        Assert.True(code == 0, string.Join('\n', error));
        Assert.Contains(output, line => line.EndsWith($"# {example}:6:9", StringComparison.Ordinal));
        // What it shows in comments is fine, too.
        string all = string.Join('\n', File.ReadLines(example).Select(line =>
            line.StartsWith("# ", StringComparison.Ordinal) && line.Split(':')[0].TrimStart('#', ' ').All(c =>
                c is '-' or (>= 'a' and <= 'z')) ? line[2..] : line));
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(all));
        (code, output, error) = RecvInProcess.Run("run", "--check", "--config", file.Path);
        Assert.True(code == 0, string.Join('\n', error));
        Assert.Contains(output, line => line.StartsWith("katcp: 127.0.0.1:7147", StringComparison.Ordinal));
    }

    // Columns made narrow.
    private static string[] Printed(params string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.True(code == 0, string.Join('\n', error));
        return [.. output.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
    }

    private static string WithoutOrigin(string line) => line.Split(" # ")[0].TrimEnd();
}
