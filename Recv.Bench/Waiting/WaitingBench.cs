using System.Globalization;
using Recv.Bench.Report;
using Recv.Sources;

namespace Recv.Bench.Waiting;

/// <summary><c>waiting</c>: the policies in turn, their latency and what they cost.</summary>
internal static class WaitingBench
{
    private static readonly WaitPolicy[] Policies = [WaitPolicy.Nap, WaitPolicy.Block, WaitPolicy.BusyPoll, WaitPolicy.Spin];

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(WaitingOptions options)
    {
        options.CheckFeed();
        Machine machine = Machine.Read();
        List<string> remarks = [];
        WaitPolicy[] policies = [.. Policies.Where(policy => CanRun(options, policy, remarks))];
        List<WaitTimes>[] runs = [.. policies.Select(_ => new List<WaitTimes>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((int i, WaitPolicy policy) in policies.Index()) runs[i].Add(WaitRun.Measure(options, policy));
        }
        new BenchResult("waiting", machine,
        [
            new RunSetting("feed", string.Create(CultureInfo.InvariantCulture,
                $"a datagram of {options.Packet} bytes every {options.Microseconds} us, {options.Datagrams} a run, {options.Rounds} "
                    + $"rounds; "
                + $"sender on core {options.SenderCore}, receive thread on core {options.ReceiverCore}")),
        ], [.. policies.Zip(runs, Row)])
        {
            Remarks = remarks,
        }.Publish(options);
        return 0;
    }

    // The first run also compiles.
    private static bool CanRun(WaitingOptions options, WaitPolicy policy, List<string> remarks)
    {
        try
        {
            WaitRun.Measure(options, policy);
            return true;
        }
        catch (RecvException refused) when (policy == WaitPolicy.BusyPoll && refused.ExitCode == RecvException.Host)
        {
            remarks.Add($"{policy} was not run: {refused.Message}");
            return false;
        }
    }

    private static Comparison Row(WaitPolicy policy, List<WaitTimes> runs)
    {
        Series Of(Func<WaitTimes, double> value) => new([.. runs.Select(value)]);
        return new Comparison(policy.ToString(), "us, p50", Of(run => run.Median))
        {
            Number = "F0",
            Notes = new Dictionary<string, string>
            {
                ["p99"] = Of(run => run.Percentile99).Format("F0"),
                ["worst"] = Of(run => run.Worst).Format("F0"),
                ["core used, %"] = Of(run => 100 * run.CpuShare).Format("F1"),
                ["lost"] = Of(run => run.Lost).Format("F0"),
            },
        };
    }
}
