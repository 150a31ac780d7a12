using System.Globalization;

namespace Recv.Bench.All;

/// <summary>What Recv has set itself to reach.</summary>
/// <param name="What">In words.</param>
/// <param name="Value">From the results; null when it was not measured.</param>
/// <param name="Must">Bound.</param>
/// <param name="Aim">What would be better still; null for none.</param>
/// <param name="AtMost">Whether less is better.</param>
/// <param name="IsVague">Whether the measurement is too uncertain to tell which side of the bound it is on.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Target(string What, double? Value, double Must, double? Aim, bool AtMost, bool IsVague = false)
{
    private const string Memory = "memory";

    /// <summary>All of them.</summary>
    public static IEnumerable<Target> Of(Measured measured)
    {
        foreach ((string traffic, double must, double aim) in (
            (string, double, double)[])[("digitiser", 0.15, 0.09), ("fengine", 0.35, 0.18), ("small", 0.35, 0.17)])
            yield return Below($"time per packet without copy, warm, {traffic}", measured.Ratio(Memory, $"{traffic}, warm, copy none"),
                must, aim);
        foreach ((string traffic, double must, double aim) in (
            (string, double, double)[])[("digitiser", 1.8, 2.1), ("fengine", 1.25, 1.4), ("small", 2.5, 3.5)])
            yield return Above($"throughput to MEMCPY_NONTEMPORAL, cold, {traffic}",
                measured.Speed(Memory, $"{traffic}, cold, copy fastest"), must, aim);
        foreach ((string traffic, double must, double aim) in (
            (string, double, double)[])[("digitiser", 2.0, 2.6), ("fengine", 1.4, 1.6), ("small", 3.0, 4.5)])
            yield return Above($"throughput to MEMCPY_NONTEMPORAL, warm, {traffic}",
                measured.Speed(Memory, $"{traffic}, warm, copy fastest"), must, aim);
        yield return Above("share of a plain non-temporal copy of the same pieces, cold, fengine", ShareOfCopy(measured), 0.8, 0.9);
        foreach (string packet in (string[])["8872", "1472"])
            yield return Below($"receive CPU per GB to chunk_stream, {packet}, GSO",
                measured.Ratio($"loopback-{packet}", packet, "chunk_stream"), 0.95, 0.8);
        yield return Below("receive CPU per GB to spead2_recv, 8872, GSO", measured.Ratio("loopback-8872", "8872", "spead2_recv"), 0.85,
            0.7);
        yield return Below("receive CPU per GB to spead2_recv, 1472, GSO", measured.Ratio("loopback-1472", "1472", "spead2_recv"), 0.95,
            0.8);
        yield return Below("receive CPU per GB to chunk_stream, 8872, no GSO", measured.Ratio("single-8872", "8872", "chunk_stream"), 1.0,
            0.9);
        yield return Below("receive CPU per GB to chunk_stream, 1472, no GSO", measured.Ratio("single-1472", "1472", "chunk_stream"), 1.1,
            0.9);
        foreach (string packet in (string[])["8872", "1472"])
        {
            yield return Above($"highest rate without loss to chunk_stream, {packet}, 8 MiB", Rates(measured, $"search-{packet}"), 1.0,
                1.3) with
            { IsVague = Overlap(measured, $"search-{packet}") };
            yield return Above($"all that the sender gives, without loss, {packet}, 64 MiB (1: yes)",
                AllOfSender(measured, $"search-{packet}-64"), 1, null);
        }
        foreach ((string packet, double must, double aim) in ((string, double, double)[])[("1472", 0.55, 0.42), ("8872", 0.85, 0.7)])
            yield return Below($"receive CPU per GB of AF_XDP to chunk_stream on sockets, {packet}",
                measured.Ratio($"bypass-{packet}", "xdp", "chunk_stream"), must, aim);
        yield return Above("packets/s of AF_XDP to our own sockets, unpaced, 8872", OverSockets(measured), 1.0, null);
        yield return Below("bytes allocated on the receive thread",
            measured.Most("loopback-8872", "8872", "allocated by the receive thread"), 0, null);
        yield return Below($"heaps lost with garbage and gen 2 collections, in the worst run, "
            + $"{Sent(measured.Row("gc", "")?.Notes.GetValueOrDefault("sent at Gb/s"), 10)}",
            measured.Most("gc", ""), 0, null);
        yield return Below($"runs of 10 with heaps lost at the start, {Sent(measured.Row("start", "sent")?.Recv.Format("F2"), 16)}",
            measured.Most("start", "runs that lost"), 0, null);
        yield return Below("chunk full to spinning consumer, to spead2's ring", measured.Ratio("latency", "spinning"), 0.2, 0.1);
        yield return Below("chunk full to waiting sink, to spead2's ring", measured.Ratio("latency", "waiting"), 2.5, 1.0);
        yield return Below("chunk full to async consumer, to spead2's ring", measured.Ratio("latency", "async"), 2.5, 1.0);
    }

    /// <summary>What became of it.</summary>
    public string Verdict => Value is not double value ? "not measured"
        : IsVague ? "**cannot be told**: the intervals overlap"
        : !Reaches(value, Must) ? "**missed**"
        : Aim is double aim && Reaches(value, aim) ? "aim reached" : "reached";

    /// <summary>A line of a Markdown table.</summary>
    public string Line
    {
        get
        {
            string sign = AtMost ? "≤" : "≥";
            string aim = Aim is double value ? $"{sign} {Text(value)}" : "";
            return $"| {What} | {(Value is double measured ? Text(measured) : "")} | {sign} {Text(Must)} | {aim} | {Verdict} |";
        }
    }

    private static Target Below(string what, double? value, double must, double? aim) => new(what, value, must, aim, true);

    private static Target Above(string what, double? value, double must, double? aim) => new(what, value, must, aim, false);

    private static double? ShareOfCopy(Measured measured) =>
        measured.Row(Memory, "fengine, cold, fastest alone") is { } alone
            && measured.Row(Memory, "fengine, cold, copy fastest") is { } received
            ? alone.Recv.DividedBy(received.Recv).Median
            : null;

    // Of lower end, best guess and upper end the guess; the one value when the sender could not make it lose.
    private static double? Rates(Measured measured, string step) =>
        measured.Row(step, "") is { Peer: { } peer } row ? row.Recv.Median / peer.Median : null;

    private static bool Overlap(Measured measured, string step) =>
        measured.Row(step, "") is { Peer: { } peer } row && row.Recv.Min <= peer.Max && peer.Min <= row.Recv.Max;

    // What was asked for is not always what comes.
    private static string Sent(string? gbps, int asked) => $"sent at {gbps ?? "?"} of {asked} Gb/s";

    // Round by round, since each round has its own moment of the machine.
    private static double? OverSockets(Measured measured) =>
        measured.Row("bypass-8872-unpaced", "rate of xdp") is { } xdp && measured.Row("bypass-8872-unpaced", "rate of udp") is { } udp
            ? xdp.Recv.DividedBy(udp.Recv).Median
            : null;

    private static double? AllOfSender(Measured measured, string step) =>
        measured.Row(step, "") is { } row ? row.Notes["Recv"] == "all that the sender gives" ? 1 : 0 : null;

    private bool Reaches(double value, double bound) => AtMost ? value <= bound : value >= bound;

    private static string Text(double value) =>
        value.ToString(value == Math.Floor(value) && Math.Abs(value) >= 10 ? "F0" : "0.###", CultureInfo.InvariantCulture);
}
