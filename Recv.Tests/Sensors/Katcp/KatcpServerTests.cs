using System.Net;
using Recv.Sensors.Katcp;

namespace Recv.Tests.Sensors.Katcp;

/// <summary>Requests and replies of the specification (5.1, sections 4, 6, 7 and 8), over a socket.</summary>
public sealed class KatcpServerTests : IAsyncDisposable
{
    private readonly SensorRig _rig = new();
    private readonly KatcpServer _server;
    private readonly KatcpClient _client;

    public KatcpServerTests()
    {
        _rig.Receive(5);
        _rig.Receive(6, absent: 7);
        _server = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _rig.Sensors.Set, new KatcpOptions { Clock = _rig.Time });
        _client = new KatcpClient(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public void TheServerSaysWhatItSpeaksAndListsTheSame()
    {
        string[] greeting = _client.Read(3);
        Assert.Equal("#version-connect katcp-protocol 5.1-MIB", greeting[0]);
        Assert.Matches(@"^#version-connect katcp-library recv-\d+\.\d+\.\d+ recv-\d\S*$", greeting[1]);
        Assert.Matches(@"^#version-connect katcp-device recv-\d+\.\d+\.\d+ recv-\d\S*$", greeting[2]);
        Assert.Equal(
            [.. greeting.Select(line =>
                line.Replace("version-connect", "version-list[7]", StringComparison.Ordinal)), "!version-list[7] ok 3"],
            _client.Ask("?version-list[7]"));
    }

    [Theory]
    [InlineData("?watchdog", "!watchdog ok")]
    [InlineData("?watchdog[2147483647]", "!watchdog[2147483647] ok")]
    [InlineData("?watchdog  \t ", "!watchdog ok")]
    [InlineData("?watchdog x", @"!watchdog invalid too\_many\_arguments:\_watchdog\_takes\_at\_most\_0")]
    [InlineData("?set-unknown-parameter 6.1", @"!set-unknown-parameter invalid Unknown\_request.")]
    [InlineData("?set-unknown-parameter[5] 6.1", @"!set-unknown-parameter[5] invalid Unknown\_request.")]
    [InlineData("?halt[1]", @"!halt[1] fail not\_over\_katcp:\_stop\_the\_process\_or\_its\_service")]
    [InlineData("?restart", @"!restart fail not\_over\_katcp:\_restart\_the\_process\_or\_its\_service")]
    [InlineData("?help nope", @"!help fail unknown\_request\_nope")]
    [InlineData("?log-level", "!log-level ok warn")]
    [InlineData("?log-level info", "!log-level ok info")]
    [InlineData("?log-level loud", @"!log-level fail unknown\_log\_level\_loud")]
    [InlineData("?sensor-list nope", @"!sensor-list fail unknown\_sensor\_nope")]
    [InlineData("?sensor-value nope", @"!sensor-value fail unknown\_sensor\_nope")]
    [InlineData("?sensor-value \\n\u00ff", @"!sensor-value fail unknown\_sensor\_??")]
    [InlineData("?sensor-value /nope/", "!sensor-value ok 0")]
    [InlineData("?sensor-sampling", @"!sensor-sampling invalid name\_a\_sensor")]
    [InlineData("?sensor-sampling nope", @"!sensor-sampling fail unknown\_sensor\_nope")]
    [InlineData("?sensor-sampling rx.device-status", "!sensor-sampling ok rx.device-status none")]
    [InlineData("?sensor-sampling rx.device-status,input0.rx.timestamp",
        @"!sensor-sampling invalid the\_strategies\_of\_several\_sensors\_can\_only\_be\_set;\_ask\_for\_one\_at\_a\_time")]
    public void RepliesAreThoseOfTheSpecification(string request, string reply)
    {
        _client.Greeted();
        _client.Send(request + "\n?watchdog[99]\n");
        Assert.Equal(reply, _client.Read());
        Assert.Equal("!watchdog[99] ok", _client.Read());
    }

    [Fact]
    public void HelpDescribesEveryRequestAndOneByName()
    {
        string[] lines = _client.Greeted().Ask("?help[3]");
        Assert.Equal(
            ["client-list", "halt", "help", "log-level", "restart", "sensor-list", "sensor-sampling", "sensor-value",
                "version-list", "watchdog"],
            lines[..^1].Select(line => line.Split(' ')[1]));
        Assert.All(lines[..^1], line => Assert.Matches(@"^#help\[3\] \S+ \S+$", line));
        Assert.Equal("!help[3] ok 10", lines[^1]);
        Assert.Equal(["#help watchdog reply", "!help ok 1"], _client.Ask("?help watchdog"));
    }

    [Fact]
    public void SensorsAreListedWithTypeUnitsAndChoices()
    {
        string[] lines = _client.Greeted().Ask("?sensor-list[12]");
        Assert.Equal(8, lines.Length);
        Assert.Equal(
            @"#sensor-list[12] input0.rx.timestamp Timestamp\_of\_the\_last\_chunk\_that\_was\_received,\_in\_samples samples integer",
                lines[1]);
        Assert.Equal(@"#sensor-list[12] input0.rx.unixtime Unix\_time\_of\_the\_last\_chunk\_that\_was\_received s timestamp", lines[2]);
        Assert.Equal(
            @"#sensor-list[12] rx.device-status The\_receiver\_gets\_a\_good,\_clean\_stream\_of\_data \@ discrete ok degraded fail",
                lines[6]);
        Assert.Equal("!sensor-list[12] ok 7", lines[7]);
        Assert.Equal([lines[6].Replace("[12]", "", StringComparison.Ordinal), "!sensor-list ok 1"],
            _client.Ask("?sensor-list rx.device-status"));
        Assert.Equal("!sensor-list ok 3", _client.Ask("?sensor-list /^input1/")[^1]);
    }

    [Fact]
    public void ValuesCarryTheTimeOfTheData()
    {
        Assert.Equal(
            [
                "#sensor-value 1700000012.000000 1 input0.rx.timestamp nominal 384",
                "#sensor-value 1700000012.000000 1 input1.rx.timestamp nominal 384",
                "!sensor-value ok 2",
            ],
            _client.Greeted().Ask(@"?sensor-value /rx\\.timestamp/"));
        Assert.Equal(["#sensor-value[8] 1700000012.000000 1 rx.device-status warn degraded", "!sensor-value[8] ok 1"],
            _client.Ask("?sensor-value[8] rx.device-status"));
        Assert.Equal("#sensor-value 1700000012.000000 1 input1.rx.missing-unixtime error 1700000012.000000",
            _client.Ask("?sensor-value input1.rx.missing-unixtime")[0]);
        Assert.Equal("!sensor-value ok 7", _client.Ask("?sensor-value")[^1]);
    }

    [Theory]
    [InlineData("/(/")]
    [InlineData("/(?=a)/")]
    [InlineData(@"/(a)\\1/")]
    [InlineData("/a{1000000000}/")]
    public void PatternsThatCannotBeTakenFail(string pattern) =>
        Assert.StartsWith("!sensor-value fail ", _client.Greeted().Ask("?sensor-value " + pattern)[^1], StringComparison.Ordinal);

    [Fact]
    public void ALineThatIsNotKatcpIsAnsweredByALogMessage()
    {
        _client.Greeted().Send("garbage\n\n  \t\r\n!help ok 1\n#what ever\n?watchdog\n");
        Assert.Equal(@"#log error 1767225600.000000 recv.katcp not\_katcp:\_a\_message\_begins\_with\_?,\_!\_or\_#", _client.Read());
        Assert.Equal(@"#log error 1767225600.000000 recv.katcp reply\_!help\_to\_no\_request", _client.Read());
        Assert.Equal("!watchdog ok", _client.Read());
        Assert.Equal(["!log-level ok off"], _client.Ask("?log-level off"));
        _client.Send("garbage\n");
        Assert.Equal(["!watchdog ok"], _client.Ask("?watchdog"));
    }

    [Fact]
    public void LinesMayEndInEitherWayAndComeInPieces()
    {
        _client.Greeted();
        foreach (char c in "?watchdog[1]\r?watchdog[2]\r\n?watch") _client.Send($"{c}");
        _client.Send("dog[3]\n");
        Assert.Equal(["!watchdog[1] ok", "!watchdog[2] ok", "!watchdog[3] ok"], _client.Read(3));
    }

    [Fact]
    public void ClientsAreToldOfOthersAndListed()
    {
        _client.Greeted();
        using var other = new KatcpClient(_server.Address);
        other.Greeted();
        string connected = _client.Read()!;
        Assert.StartsWith(@"#client-connected client\_connected\_from\_127.0.0.1:", connected, StringComparison.Ordinal);
        string[] list = other.Ask("?client-list");
        Assert.Equal("!client-list ok 2", list[^1]);
        Assert.Contains("#client-list " + connected.Split(@"\_")[^1], list);
    }

    [Fact]
    public async Task KatcpClientsAreToldWhyTheServerEnds()
    {
        _client.Greeted();
        await _server.DisposeAsync();
        Assert.Equal(@"#disconnect the\_receiver\_ends", _client.Read());
        Assert.Null(_client.Read());
    }

    [Fact]
    public void AnAddressThatIsTakenIsRefused()
    {
        RecvException refused = Assert.Throws<RecvException>(() => { KatcpServer.Start(_server.Address, _rig.Sensors.Set); });
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.StartsWith($"{Setting.Katcp} {_server.Address}: cannot listen there: ", refused.Message, StringComparison.Ordinal);
    }
}
