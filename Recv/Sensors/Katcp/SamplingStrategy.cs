using System.Collections.Immutable;
using System.Globalization;

namespace Recv.Sensors.Katcp;

/// <summary>When a client wants to be told of a sensor (katcp specification 5.1, table 9).</summary>
/// <remarks>
/// All strategies are one: report a change, but not within <see cref="Shortest"/> of the last report, and report without a change after
/// <see cref="Longest"/>. <b>Threading:</b> immutable.
/// </remarks>
public sealed record SamplingStrategy
{
    // A client that wants to know more often than this wants the event strategy.
    private const double ShortestPeriod = 0.01;
    private const double LongestPeriod = 1e6;

    private SamplingStrategy(string name, params ImmutableArray<string> parameters)
    {
        Name = name;
        Parameters = parameters;
    }

    /// <summary>Nothing is reported: what each client begins with.</summary>
    public static SamplingStrategy None { get; } = new("none");

    /// <summary>The protocol's word for it.</summary>
    public string Name { get; }

    /// <summary>As the client wrote them.</summary>
    public ImmutableArray<string> Parameters { get; }

    /// <summary>Whether anything is reported at all.</summary>
    public bool Reports => Name != "none";

    /// <summary>Between reports.</summary>
    public TimeSpan Shortest { get; private init; }

    /// <summary>Between reports, changes or not; infinite for never.</summary>
    public TimeSpan Longest { get; private init; } = Timeout.InfiniteTimeSpan;

    /// <summary>A number counts as changed when it differs by more than this.</summary>
    public double Difference { get; private init; }

    /// <summary>Reads a strategy for sensors of a type.</summary>
    /// <exception cref="KatcpFailException">It is unknown, or its parameters are wrong.</exception>
    public static SamplingStrategy Parse(string name, ReadOnlySpan<string> parameters, SensorType type)
    {
        ImmutableArray<string> given = [.. parameters];
        string[] wanted = name switch
        {
            "none" or "auto" or "event" => [],
            "period" => ["period"],
            "event-rate" => ["shortest-period", "longest-period"],
            "differential" => ["difference"],
            "differential-rate" => ["difference", "shortest-period", "longest-period"],
            _ => throw new KatcpFailException(
                $"unknown strategy {name}; there are none, auto, event, period, event-rate, differential, differential-rate"),
        };
        if (wanted.Length != given.Length)
            throw new KatcpFailException($"strategy {name} takes {(wanted.Length == 0 ? "no parameters" : string.Join(" ", wanted))}");
        if (name.StartsWith("differential", StringComparison.Ordinal) && type != SensorType.Integer)
            throw new KatcpFailException($"strategy {name} is for integer sensors");
        var strategy = new SamplingStrategy(name, given);
        return name switch
        {
            // As katgpucbf samples these sensors: at most once a second.
            "auto" => strategy with { Shortest = TimeSpan.FromSeconds(1) },
            "period" => Period(given[0], ShortestPeriod) is var period ? strategy with { Shortest = period, Longest = period } : strategy,
            "event-rate" => strategy with { Shortest = Period(given[0], 0), Longest = Period(given[1], ShortestPeriod) },
            "differential" => strategy with { Difference = DifferenceOf(given[0]) },
            "differential-rate" => strategy with
            {
                Difference = DifferenceOf(given[0]),
                Shortest = Period(given[1], 0),
                Longest = Period(given[2], ShortestPeriod),
            },
            _ => strategy,
        };
    }

    private static TimeSpan Period(string text, double shortest)
    {
        // "inf" is a float of C99, and a way to say never.
        if (shortest > 0 && text is "inf" or "+inf" or "infinity") return Timeout.InfiniteTimeSpan;
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        if (!isNumber || !(seconds >= shortest && seconds <= LongestPeriod))
            throw new KatcpFailException(string.Create(CultureInfo.InvariantCulture,
                $"period {text} is not a number of seconds from {shortest} to {LongestPeriod:0}"));
        return TimeSpan.FromSeconds(seconds);
    }

    private static double DifferenceOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long difference)
            ? difference
            : throw new KatcpFailException($"difference {text} is not a whole number from 0");
}
