using System.Globalization;
using Recv.Bench.Report;

namespace Recv.Bench.Scaling;

/// <summary><c>scaling</c>: all its parts in one table.</summary>
internal static class ScalingBench
{
    private static readonly string[] Parts = ["growth", "cores", "loopback"];

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(ScalingOptions options)
    {
        options.Check();
        if (options.Only.Split(',').FirstOrDefault(part => !Parts.Contains(part)) is string unknown)
            throw RecvException.BadUsage($"--only {unknown}: there is {string.Join(", ", Parts)}");
        Machine machine = Machine.Read();
        List<Comparison> rows = [];
        if (options.Has("growth")) rows.AddRange(Growth.Measure(options));
        if (options.Has("cores")) rows.AddRange(TwoCores.Measure(options));
        if (options.Has("loopback")) rows.AddRange(TwoSockets.Measure(options));
        string packets = options.Packets.ToString(CultureInfo.InvariantCulture);
        new BenchResult("scaling", machine,
        [
            new RunSetting("memory", $"{packets} million packets a run, 2 MiB of them in turn, {options.Rounds} rounds"),
            .. options.Describe(options.LinkOf(0, options.Seconds, options.Buffer)).Take(1),
        ], rows).Publish(options);
        return 0;
    }
}
