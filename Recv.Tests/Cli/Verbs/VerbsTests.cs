using System.Net;
using System.Net.Sockets;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Cli.Verbs;

/// <summary>Every mistake that a user can make is one line on stderr and the right exit code.</summary>
public sealed class VerbsTests : IDisposable
{
    private const int Usage = 2;
    private const int Host = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("unknown verb 'frob'; the verbs are demo, run, replay, capture, inspect, send, layouts, doctor", "frob")]
    [InlineData("run: unknown option '--sinks'; did you mean --sink?", "run", "--sinks", "null")]
    [InlineData("run: unknown option '-x'", "run", "-x")]
    [InlineData("replay: option --report needs a value", "replay", "x.pcap", "--report")]
    [InlineData("replay: option --layout needs a value", "replay", "x.pcap", "--layout", "--report", "x.json")]
    [InlineData("run: option --layout is given more than once", "run", "--layout", "a", "--layout", "b")]
    [InlineData("demo: unexpected argument 'extra'", "demo", "extra")]
    [InlineData("run: option --fail-on-loss takes no value", "run", "--fail-on-loss=yes")]
    [InlineData("run: option --max-chunks: 'two' is not a whole number", "run", "--max-chunks", "two")]
    [InlineData("demo: option --seconds: 'x' is not a number", "demo", "--seconds", "x")]
    [InlineData("demo: option --seconds: '0,5' has a comma; write 0.5 for a half", "demo", "--seconds", "0,5")]
    [InlineData("replay: option --rate: '1,000' has a comma", "replay", "x.pcap", "--to", "127.0.0.1:7148", "--rate", "1,000")]
    [InlineData("run: option --max-chunks: '1,5' has a comma", "run", "--max-chunks", "1,5")]
    [InlineData("run: option --affinity: ' 0' begins with a space; leave it out", "run", "--affinity", " 0")]
    [InlineData("run: option --layout: its value has several lines; write it in one", "run", "--layout", "a\nb")]
    [InlineData("send: option --seed: '-1' is not a whole number from 0", "send", "--seed", "-1")]
    [InlineData("demo: option --http needs", "demo", "--http")]
    [InlineData("--seconds 0: give more than 0", "demo", "--seconds", "0")]
    [InlineData("--rate -1: give Gb/s", "demo", "--rate", "-1")]
    [InlineData("replay: name the capture", "replay", "--layout", "meerkat-digitiser")]
    [InlineData("replay: say where heaps go", "replay", "x.pcap")]
    [InlineData("--scenario or --max-chunks", "replay", "x.pcap", "--scenario", "x.json", "--max-chunks", "3")]
    [InlineData("--dst pcap:x: name an address", "replay", "x.pcap", "--layout", "meerkat-digitiser", "--dst", "pcap:x")]
    [InlineData("--sink nul: give null, verify", "replay", "x.pcap", "--layout", "meerkat-digitiser", "--sink", "nul")]
    [InlineData("--sink verify:loud: the patterns are", "replay", "x.pcap", "--layout", "meerkat-digitiser", "--sink", "verify:loud")]
    [InlineData("--overrun wait: give drop-oldest", "replay", "x.pcap", "--layout", "meerkat-digitiser", "--overrun", "wait")]
    [InlineData("source '239.1.1.1:7148': 239.1.1.1:7148 is received by '239.1.1.0+3' already", "run", "--layout", "meerkat-digitiser",
        "--src", "239.1.1.0+3", "--src", "239.1.1.1:7148")]
    [InlineData("--src 127.0.0.1:7148: is given twice", "run", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148", "--src",
        "127.0.0.1:7148")]
    [InlineData("--src xdp:eth0/0-1:239.10.10.0+7:7148: is given twice", "run", "--layout", "meerkat-digitiser", "--src",
        "xdp:eth0/0-1:239.10.10.0+7:7148", "--src", "xdp:eth0/0-1:239.10.10.0+7:7148")]
    [InlineData("run: say where heaps go", "run", "--src", "127.0.0.1:7148")]
    [InlineData("run: say where datagrams come from", "run", "--layout", "meerkat-digitiser")]
    [InlineData("send: say where to", "send", "digitiser")]
    [InlineData("send: say what to simulate", "send", "--dst", "127.0.0.1:7148")]
    [InlineData("fault loss=2 is a share", "send", "digitiser", "--dst", "127.0.0.1:7148", "--faults", "loss=2")]
    [InlineData("layouts frob: give list, show or validate", "layouts", "frob")]
    [InlineData("layouts show: name a layout", "layouts", "show")]
    public void WrongUsageIsOneLineAndExitCode2(string says, params string[] arguments) => AssertFails(Usage, says, arguments);

    [Theory]
    [InlineData("--set foo: write it as --set NAME=VALUE", "--set", "foo")]
    [InlineData("no parameter 'foo'; known: heap_samples", "--set", "foo=1")]
    [InlineData("heap_samples is given twice", "--set", "heap_samples=1", "--set", "heap_samples=2")]
    [InlineData("--max-chunks 0: must be 1 to 1024", "--max-chunks", "0")]
    [InlineData("--max-heaps -4: must be", "--max-heaps", "-4")]
    [InlineData("--chunks 2: the window alone holds 2", "--chunks", "2")]
    [InlineData("--flush-idle -1: give seconds", "--flush-idle", "-1")]
    [InlineData("--sync-time noon: give Unix seconds (1700000000.5) or ISO 8601", "--sync-time", "noon")]
    [InlineData("--adc-rate 0.5: give timestamp units per second (Hz)", "--adc-rate", "0.5")]
    [InlineData("--buffer 64X: give a size", "--buffer", "64X")]
    [InlineData("--affinity 1,2: 2 cores for 1 streams", "--affinity", "1,2")]
    [InlineData("--affinity -2: '-2' is not a valid core", "--affinity", "-2")]
    [InlineData("--http 9488: give ADDRESS:PORT", "--http", "9488")]
    [InlineData("--http 127.0.0.1:70000: give ADDRESS:PORT", "--http", "127.0.0.1:70000")]
    public void WrongValuesOfRunAreOneLineAndExitCode2(string says, params string[] options) =>
        AssertFails(Usage, says, ["run", "--layout", "meerkat-digitiser", "--src", "127.0.0.1:7148", .. options]);

    [Theory]
    [InlineData("10.255.255.1 is not an address of this host", "--src", "10.255.255.1:7148")]
    [InlineData("this host has no interface nope0; it has lo", "--src", "239.1.2.3:7148?if=nope0")]
    [InlineData("1000000 chunks of 2.5 MiB need more memory", "--src", "127.0.0.1:PORT", "--chunks", "1000000")]
    [InlineData("no such core", "--src", "127.0.0.1:PORT", "--affinity", "9000")]
    [InlineData("--http 10.255.255.1:9488: cannot listen there", "--src", "127.0.0.1:PORT", "--http", "10.255.255.1:9488")]
    public void RefusalByTheHostIsOneLineAndExitCode3(string says, params string[] options) => AssertFails(Host, says,
        ["run", "--layout", "meerkat-digitiser", .. options.Select(
            option => option.Replace("PORT", $"{LoopbackSender.FreePort()}", StringComparison.Ordinal)), .. Http(options)]);

    [Theory]
    [InlineData("source '127.0.0.1:x': ", "--src", "127.0.0.1:x")]
    [InlineData("source '127.0.0.1:0': '0' is not a port", "--src", "127.0.0.1:0")]
    [InlineData("source 'frob:1.2.3.4:7148': 'frob' is not a kind of source", "--src", "frob:1.2.3.4:7148")]
    public void SourcesThatCannotBeReadAreOneLineAndExitCode2(string says, params string[] options) =>
        AssertFails(Usage, says, ["run", "--layout", "meerkat-digitiser", "--http", "off", .. options]);

    [Fact]
    public void PortInUseIsOneLineAndExitCode3()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        AssertFails(Host, $"source '127.0.0.1:{port}'",
            ["run", "--layout", "meerkat-digitiser", "--http", "off", "--src", $"127.0.0.1:{port}"]);
    }

    [Fact]
    public void HttpPortInUseIsOneLineAndExitCode3()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        AssertFails(Host, $"--http {other.LocalEndpoint}: cannot listen there",
            ["run", "--layout", "meerkat-digitiser", "--http", $"{other.LocalEndpoint}", "--src",
                $"127.0.0.1:{LoopbackSender.FreePort()}"]);
    }

    [Fact]
    public void CaptureThatIsNoneIsOneLine()
    {
        string layout = "meerkat-digitiser";
        AssertFails(Usage, "capture 'nowhere.pcap' does not exist; check the path", ["replay", "nowhere.pcap", "--layout", layout]);
        AssertFails(Usage, "capture 'nowhere.pcap' does not exist",
            ["run", "--layout", layout, "--http", "off", "--src", "pcap:nowhere.pcap"]);
        AssertFails(Usage, "is a folder; name a file in it", ["replay", _folder.FullName, "--layout", layout]);
        AssertFails(Usage, "is empty (0 bytes)", ["replay", Write("empty.pcap", ""), "--layout", layout]);
        AssertFails(Usage, "is not a capture", ["replay", Write("text.pcap", "This is a letter, no capture.\n"), "--layout", layout]);
    }

    [Fact]
    public void ScenarioThatIsNoneIsOneLine()
    {
        AssertFails(Usage, "scenario 'nowhere.json' does not exist; check the path", ["replay", "x.pcap", "--scenario", "nowhere.json"]);
        AssertFails(Usage, "not JSON, from line 1 on", ["replay", "x.pcap", "--scenario", Write("a.json", "hello\n")]);
        AssertFails(Usage, "JSON, but not that of a scenario", ["replay", "x.pcap", "--scenario", Write("b.json", "[1]")]);
        AssertFails(Usage, "JSON, but not that of a scenario", ["replay", "x.pcap", "--scenario", Write("c.json", """{"udp": {}}""")]);
        AssertFails(Usage, "layout kind 'x' is unknown", ["replay", "x.pcap", "--scenario",
            Write("d.json", """{"layout": {"kind": "x"}, "udp": {"destination_address": "239.1.1.1", "destination_port": 7148}}""")]);
    }

    [Fact]
    public void ReportThatCannotBeWrittenIsFoundBeforeAnythingIsRead()
    {
        AssertFails(Usage, "its folder does not exist; make it: mkdir -p",
            ["replay", "nowhere.pcap", "--layout", "meerkat-digitiser", "--report", Path.Combine(_folder.FullName, "none", "x.json")]);
        AssertFails(Usage, "is a folder; name a file in it",
            ["replay", "nowhere.pcap", "--layout", "meerkat-digitiser", "--report", _folder.FullName]);
        // One that could have been written is not left behind empty.
        string report = Path.Combine(_folder.FullName, "x.json");
        AssertFails(Usage, "does not exist", ["replay", "nowhere.pcap", "--layout", "meerkat-digitiser", "--report", report]);
        Assert.False(File.Exists(report));
    }

    [Fact]
    public void LayoutWithAMistakeIsNamedWithLineAndColumn()
    {
        string file = Write("bad.yaml", "name: bad\nparameters: {a: 1}\nitems:\n  timestamp: {id: 0x1600, requird: true}\n");
        AssertFails(Usage, $"{file}:4:27: unknown key 'requird'", ["layouts", "validate", file]);
        AssertFails(Usage, $"{file}:4:27: ", ["run", "--layout", file, "--src", "127.0.0.1:7148"]);
        AssertFails(Usage, "layout 'nolayout' is unknown; known: meerkat-beam", ["replay", "x.pcap", "--layout", "nolayout"]);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string[] Http(string[] options) => options.Contains("--http") ? [] : ["--http", "off"];

    private static void AssertFails(int exitCode, string says, string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        string line = Assert.Single(error);
        Assert.StartsWith("recv: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
        Assert.Empty(output);
    }
}
