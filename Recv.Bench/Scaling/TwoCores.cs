using Recv.Bench.InMemory;
using Recv.Bench.Report;

namespace Recv.Bench.Scaling;

/// <summary>Two members of a group on two cores, from memory, against one stream on one.</summary>
internal static class TwoCores
{
    /// <summary>Measures; in turn.</summary>
    public static IEnumerable<Comparison> Measure(ScalingOptions options)
    {
        long packets = (long)(options.Packets * 1e6);
        foreach (Traffic traffic in Traffic.Parse("digitiser,fengine"))
        {
            using var one = new GroupRun(traffic, 4L << 20, 1);
            using var two = new GroupRun(traffic, 4L << 20, 2);
            foreach (CopyKind copy in CopyKind.Parse("none,fastest"))
                yield return Measure(traffic, copy, packets, options, one, two);
        }
    }

    private static Comparison Measure(
        Traffic traffic, CopyKind copy, long packets, ScalingOptions options, GroupRun one, GroupRun two)
    {
        List<double> alone = [], together = [];
        // The first round compiles everything and touches all chunks.
        for (int round = 0; round <= options.Rounds; round++)
        {
            alone.Add(one.OnCores(copy, packets, [options.ReceiverCore]));
            together.Add(two.OnCores(copy, packets, [options.ReceiverCore, options.SenderCore]));
        }
        Series slow = new(alone[1..]), fast = new(together[1..]);
        return new Comparison(
            $"{traffic.Name}, copy {copy.Name}: packets a second, two members on two cores to one", "ratio", slow.DividedBy(fast))
        {
            Number = "F2",
            Notes = new Dictionary<string, string>
            {
                ["one"] = slow.Format("F0") + " ns/packet",
                ["two"] = fast.Format("F0") + " ns/packet",
            },
        };
    }
}
