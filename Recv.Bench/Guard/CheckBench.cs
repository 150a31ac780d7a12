using Recv.Bench.HandWritten;
using Recv.Bench.InMemory;
using Recv.Bench.Report;
using Recv.Layouts;

namespace Recv.Bench.Guard;

/// <summary><c>check</c>: what must hold on every machine, so that a change that costs speed is seen where it is made.</summary>
internal static class CheckBench
{
    private const int Pairs = 9;

    /// <summary>Measures, prints, writes.</summary>
    /// <returns>0, or 1 when a bound is broken.</returns>
    public static int Run(CheckOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        int rounds = Math.Max(options.Rounds, Pairs);
        long packets = options.Quick ? 30_000 : 300_000;
        List<BoundedRatio.Verdict> verdicts = [];
        MeasuredThread.Run(options.Core, () =>
        {
            foreach (Traffic traffic in Traffic.Parse("digitiser,fengine"))
                verdicts.AddRange(Of(traffic, packets, rounds, options.Quick));
        });
        new BenchResult("check", machine, [new RunSetting("settings", $"{rounds} pairs of runs of {packets} packets in memory")],
            [.. verdicts.Select(verdict => verdict.Row)])
        {
            Remarks =
            [
                "A bound is broken when the median of the ratios is above it with 98 % probability ('surely above' is the lower limit "
                    + "of the median).",
            ],
        }.Publish(options);
        return verdicts.Exists(verdict => verdict.IsBroken) ? 1 : 0;
    }

    private static IEnumerable<BoundedRatio.Verdict> Of(Traffic traffic, long packets, int rounds, bool quick)
    {
        long warm = 2L << 20, cold = quick ? 64L << 20 : 256L << 20;
        CompiledLayout yaml = traffic.Resolve();
        IHeapLayout byHand = traffic.Name == "digitiser" ? DigitiserLayout.Like(yaml) : FengineLayout.Like(yaml);
        using var run = new TrafficRun(traffic, cold);
        using var hand = new TrafficRun(traffic, warm, byHand);
        double Receive(CopyKind copy, long source) => run.Receive(copy, source, packets);
        double Copy(CopyKind copy, long source) => run.CopyOnly(copy, source, packets);
        double Read()
        {
            using var reader = new CountersReader(run);
            return Receive(CopyKind.None, warm);
        }
        BoundedRatio[] ratios =
        [
            new($"{traffic.Name}, warm: receiving to memcpy of the same pieces", 1.0,
                () => Receive(CopyKind.Fastest, warm), () => Copy(CopyKind.Memcpy, warm)),
            // Two polarisations are written in turn, far apart, where the copy alone goes straight on.
            new($"{traffic.Name}, cold: receiving to a non-temporal copy of the same pieces", traffic.Interleaved == 2 ? 1.5 : 1.25,
                () => Receive(CopyKind.Fastest, cold), () => Copy(CopyKind.Fastest, cold)),
            new($"{traffic.Name}, no copy: YAML layout to one written by hand", 1.05,
                () => Receive(CopyKind.None, warm), () => hand.Receive(CopyKind.None, warm, packets)),
            new($"{traffic.Name}, no copy: counters read every ms to never", 1.05, Read, () => Receive(CopyKind.None, warm)),
        ];
        foreach (BoundedRatio ratio in ratios)
        {
            // Compiles everything and touches all chunks.
            ratio.Measure(1);
            yield return ratio.Measure(rounds);
        }
    }
}
