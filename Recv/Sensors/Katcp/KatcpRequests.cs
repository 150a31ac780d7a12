using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Recv.Sensors.Katcp;

/// <summary>What clients may ask: the core messages and the sensor part of katcp (specification 5.1, sections 4, 6, 7 and 8).</summary>
/// <remarks><b>Threading:</b> any connection's; a connection asks one thing at a time.</remarks>
internal sealed class KatcpRequests
{
    private const int MaxQuoted = 200;

    private static readonly string[] LogLevels = ["all", "trace", "debug", "info", "warn", "error", "fatal", "off"];

    // A pattern is a client's word: no backtracking, so its time is bounded by the length of the names.
    private const RegexOptions Patterns = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly SensorSet _sensors;
    private readonly Func<IEnumerable<string>> _clients;
    private readonly TimeProvider _clock;
    private readonly SortedDictionary<string, Entry> _requests = new(StringComparer.Ordinal);
    private volatile string _logLevel = "warn";

    public KatcpRequests(SensorSet sensors, Func<IEnumerable<string>> clients, TimeProvider clock)
    {
        _sensors = sensors;
        _clients = clients;
        _clock = clock;
        Add("client-list", 0, "list the clients that are connected", ClientListAsync);
        Add("halt", 0, "refused: a receiver is stopped by its operator", (_, _) =>
            throw new KatcpFailException("not over katcp: stop the process or its service"));
        Add("help", 1, "list the requests, or describe one: ?help [name]", HelpAsync);
        Add("log-level", 1, "query or set the level of #log informs: ?log-level [off|fatal|error|warn|info|debug|trace|all]", LogLevel);
        Add("restart", 0, "refused: a receiver is restarted by its operator", (_, _) =>
            throw new KatcpFailException("not over katcp: restart the process or its service"));
        Add("sensor-list", 1, "describe the sensors: ?sensor-list [name|/regular expression/]", SensorListAsync);
        Add("sensor-sampling", int.MaxValue, "query or set when a sensor is reported: ?sensor-sampling name[,name...] "
            + "[none|auto|event|period s|event-rate shortest longest|differential d|differential-rate d shortest longest]",
                SensorSampling);
        Add("sensor-value", 1, "read the sensors: ?sensor-value [name|/regular expression/]", SensorValueAsync);
        Add("version-list", 0, "list the versions of protocol, library and device", VersionListAsync);
        Add("watchdog", 0, "reply", (_, _) => new([]));
    }

    private delegate ValueTask<ImmutableArray<string>> Answer(KatcpConnection client, KatcpMessage request);

    /// <summary>The arguments of a report of a sensor (section 7.3).</summary>
    public static ImmutableArray<string> Describe(Sensor sensor, SensorReading reading) =>
        [SensorValue.FormatSeconds(reading.Timestamp), "1", sensor.Name, reading.Status.Name(), reading.Value.ToString()];

    /// <summary>Answers one line.</summary>
    public async ValueTask HandleAsync(KatcpConnection client, ReadOnlyMemory<byte> line)
    {
        if (line.Span.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0) return;
        KatcpMessage message;
        try
        {
            message = KatcpMessage.Parse(line.Span);
        }
        catch (FormatException error)
        {
            await LogErrorAsync(client, $"not katcp: {error.Message}");
            return;
        }
        if (message.Kind == KatcpMessageKind.Reply) await LogErrorAsync(client, $"reply !{message.Name} to no request");
        if (message.Kind != KatcpMessageKind.Request) return;
        ImmutableArray<string> reply;
        try
        {
            reply = ["ok", .. await AnswerAsync(client, message)];
        }
        catch (KatcpFailException error)
        {
            reply = [error.Code, Plain(error.Message)];
        }
        await client.SendAsync(new KatcpMessage(KatcpMessageKind.Reply, message.Name, message.Id, reply));
    }

    private ValueTask<ImmutableArray<string>> AnswerAsync(KatcpConnection client, KatcpMessage request)
    {
        if (!_requests.TryGetValue(request.Name, out Entry? entry)) throw new KatcpFailException("Unknown request.", isMalformed: true);
        if (request.Arguments.Length > entry.MostArguments)
            throw new KatcpFailException($"too many arguments: {request.Name} takes at most {entry.MostArguments}", isMalformed: true);
        return entry.Answer(client, request);
    }

    private async ValueTask<ImmutableArray<string>> HelpAsync(KatcpConnection client, KatcpMessage request)
    {
        string[] names = request.Arguments is [string only] ? [only] : [.. _requests.Keys];
        foreach (string name in names)
        {
            if (!_requests.TryGetValue(name, out Entry? entry)) throw new KatcpFailException($"unknown request {name}");
            await InformAsync(client, request, name, entry.Help);
        }
        return Count(names.Length);
    }

    private async ValueTask<ImmutableArray<string>> SensorListAsync(KatcpConnection client, KatcpMessage request)
    {
        IReadOnlyCollection<Sensor> sensors = Named(request);
        foreach (Sensor sensor in sensors)
            await InformAsync(client, request, [sensor.Name, sensor.Description, sensor.Units,
                sensor.Type.ToString().ToLowerInvariant(), .. sensor.Choices]);
        return Count(sensors.Count);
    }

    private async ValueTask<ImmutableArray<string>> SensorValueAsync(KatcpConnection client, KatcpMessage request)
    {
        IReadOnlyCollection<Sensor> sensors = Named(request);
        foreach (Sensor sensor in sensors) await InformAsync(client, request, Describe(sensor, sensor.Reading));
        return Count(sensors.Count);
    }

    // Several at a time are set all or none (section 7.2).
    private ValueTask<ImmutableArray<string>> SensorSampling(KatcpConnection client, KatcpMessage request)
    {
        if (request.Arguments is not [string names, ..]) throw new KatcpFailException("name a sensor", isMalformed: true);
        Sensor[] sensors = [.. names.Split(',').Distinct().Select(name => _sensors.Find(name) ?? throw UnknownSensor(name))];
        if (request.Arguments is [_, string strategy, ..])
        {
            var parsed = sensors.Select(sensor =>
                SamplingStrategy.Parse(strategy, request.Arguments.AsSpan()[2..], sensor.Type)).ToList();
            for (int i = 0; i < sensors.Length; i++) client.Sample(sensors[i], parsed[i]);
        }
        else if (sensors.Length > 1)
        {
            throw new KatcpFailException("the strategies of several sensors can only be set; ask for one at a time", isMalformed: true);
        }
        SamplingStrategy now = client.StrategyOf(sensors[0]);
        return new([names, now.Name, .. now.Parameters]);
    }

    private async ValueTask<ImmutableArray<string>> VersionListAsync(KatcpConnection client, KatcpMessage request)
    {
        IReadOnlyList<KatcpMessage> informs = KatcpVersion.Informs(request.Name, request.Id);
        foreach (KatcpMessage inform in informs) await client.SendAsync(inform);
        return Count(informs.Count);
    }

    private async ValueTask<ImmutableArray<string>> ClientListAsync(KatcpConnection client, KatcpMessage request)
    {
        string[] clients = [.. _clients()];
        foreach (string address in clients) await InformAsync(client, request, address);
        return Count(clients.Length);
    }

    private ValueTask<ImmutableArray<string>> LogLevel(KatcpConnection client, KatcpMessage request)
    {
        if (request.Arguments is [string level])
        {
            if (!LogLevels.Contains(level)) throw new KatcpFailException($"unknown log level {level}");
            _logLevel = level;
        }
        return new([_logLevel]);
    }

    private IReadOnlyCollection<Sensor> Named(KatcpMessage request)
    {
        if (request.Arguments is not [string name]) return _sensors.All;
        if (name is not ['/', .. string pattern, '/']) return [_sensors.Find(name) ?? throw UnknownSensor(name)];
        try
        {
            var regex = new Regex(pattern, Patterns);
            return [.. _sensors.All.Where(sensor => regex.IsMatch(sensor.Name))];
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new KatcpFailException($"/{pattern}/ is not a regular expression that this server accepts: {error.Message}");
        }
    }

    private async ValueTask LogErrorAsync(KatcpConnection client, string text)
    {
        if (Array.IndexOf(LogLevels, _logLevel) > Array.IndexOf(LogLevels, "error")) return;
        decimal now = _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000m;
        await client.SendAsync(new KatcpMessage(KatcpMessageKind.Inform, "log", 0, "error", SensorValue.FormatSeconds(now),
            "recv.katcp", Plain(text)));
    }

    private void Add(string name, int mostArguments, string help, Answer answer) =>
        _requests.Add(name, new Entry(mostArguments, help, answer));

    private static ValueTask InformAsync(KatcpConnection client, KatcpMessage request, params ImmutableArray<string> arguments) =>
        client.SendAsync(new KatcpMessage(KatcpMessageKind.Inform, request.Name, request.Id, arguments));

    private static KatcpFailException UnknownSensor(string name) => new($"unknown sensor {name}");

    private static ImmutableArray<string> Count(int informs) => [informs.ToString(CultureInfo.InvariantCulture)];

    // What people read is ASCII (section 2), and may quote anything.
    private static string Plain(string text) =>
        string.Concat((text.Length <= MaxQuoted ? text : text[..MaxQuoted]).Select(c => c is >= ' ' and <= '~' ? c : '?'));

    private sealed record Entry(int MostArguments, string Help, Answer Answer);
}
