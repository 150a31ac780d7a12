using Recv.Bench.InMemory;
using Recv.Bench.Report;
using Recv.Layouts;

namespace Recv.Bench.Scaling;

/// <summary>What a packet costs on one thread, without the copy, as one thing after the other grows.</summary>
internal static class Growth
{
    private const long WarmBytes = 2L << 20;

    private sealed record Point(string Name, Func<double> Measure);

    /// <summary>Measures every point.</summary>
    public static IEnumerable<Comparison> Measure(ScalingOptions options)
    {
        long packets = (long)(options.Packets * 1e6);
        var rows = new List<Comparison>();
        MeasuredThread.Run(options.ReceiverCore, () =>
        {
            foreach (int heaps in (int[])[64, 1024, 16384, 131072])
            {
                using var run = new TrafficRun(Traffic.ShortHeaps(heaps), WarmBytes);
                rows.Add(Row($"{heaps} heaps per chunk, of one packet", run, packets, options.Rounds));
            }
            foreach (int substreams in (int[])[16, 256, 4096, 65536])
            {
                using var run = new TrafficRun(Traffic.Parse("small")[0], WarmBytes, substreams: substreams);
                rows.Add(Row($"{substreams} substreams, heaps of 16 packets", run, packets, options.Rounds));
            }
            foreach (int more in (int[])[0, 5, 29])
            {
                IHeapLayout layout = LargeLayout.Digitiser(more);
                using var run = new TrafficRun(Traffic.Parse("digitiser")[0], WarmBytes, layout);
                rows.Add(Row($"{3 + more} items and {more} checks in the layout, heaps of one packet", run, packets, options.Rounds));
            }
            foreach (int streams in (int[])[1, 2])
            {
                using var run = new GroupRun(Traffic.Parse("digitiser")[0], WarmBytes, streams);
                rows.Add(Row($"{streams} streams, fed in turn by one thread, heaps of one packet",
                    () => run.InTurn(CopyKind.None, packets), options.Rounds));
            }
            foreach (int streams in (int[])[1, 2, 4, 8])
            {
                using var run = new GroupRun(Traffic.Parse("small")[0], WarmBytes, streams);
                rows.Add(Row($"{streams} streams, fed in turn by one thread, heaps of 16 packets",
                    () => run.InTurn(CopyKind.None, packets), options.Rounds));
            }
        });
        return rows;
    }

    private static Comparison Row(string name, TrafficRun run, long packets, int rounds) =>
        Row(name, () => run.Receive(CopyKind.None, WarmBytes, packets), rounds);

    private static Comparison Row(string name, Func<double> measure, int rounds)
    {
        // Compiles everything and touches all chunks.
        measure();
        return new Comparison(name, "ns per packet", new Series([.. Enumerable.Range(0, rounds).Select(_ => measure())]));
    }
}
