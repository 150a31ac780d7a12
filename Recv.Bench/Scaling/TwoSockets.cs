using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Scaling;

/// <summary>One stream against a group of two over 127.0.0.1, with the sender on one of the two cores.</summary>
internal static class TwoSockets
{
    // Where CPU per GB is compared: a rate that nothing loses at.
    private const double GentleGbps = 2;
    private const double FastestGbps = 10;

    /// <summary>Measures.</summary>
    public static IEnumerable<Comparison> Measure(ScalingOptions options)
    {
        var receiver = new OurReceiver { Apart = true };
        foreach (int streams in (int[])[1, 2])
        {
            Link link = options.LinkOf(FastestGbps, options.Seconds, options.Buffer) with { Streams = streams };
            var search = new ContenderSearch(receiver, link, options.Seconds);
            while (search.Step()) { }
            Link gentle = (link with { Rate = GentleGbps }).Lasting(options.Seconds, GentleGbps);
            LoopbackRun[] runs = [.. Enumerable.Range(0, options.Rounds).Select(_ => LoopbackRun.Of(receiver, gentle))];
            // Not of the gentle runs: a sender that waits for its time spins.
            double sender = search.SenderCpuPerGigabyte;
            double ours = new Series([.. runs.Select(run => run.CpuPerGigabyte(gentle))]).Median;
            string cores = streams == 1
                ? $"one stream on core {options.ReceiverCore}"
                : $"two members on cores {options.ReceiverCore} and {options.SenderCore}";
            yield return new Comparison($"loopback, {cores}: highest rate without loss", "Gb/s", search.Gbps)
            {
                Number = "F2",
                Notes = new Dictionary<string, string>
                {
                    ["search"] = search.Conclusion,
                    ["sender"] = string.Create(CultureInfo.InvariantCulture, $"{sender:F3} CPU s/GB on core {options.SenderCore}"),
                    ["receiver"] = string.Create(CultureInfo.InvariantCulture, $"{ours:F3} CPU s/GB"),
                    ["sender's share of all CPU"] = string.Create(CultureInfo.InvariantCulture, $"{100 * sender / (sender + ours):F0} %"),
                },
            };
        }
    }
}
