using System.Globalization;
using Recv.Bench.Report;

namespace Recv.Bench.Loopback;

/// <summary><c>loopback --search</c>: the highest rate at which a run loses nothing, of each contender with the same buffers.</summary>
internal static class RateSearchBench
{
    /// <summary>Measures every contender.</summary>
    public static BenchResult Measure(LoopbackOptions options, Machine machine, IContender[] contenders)
    {
        Link link = options.Link;
        ContenderSearch[] found = Search(contenders, link, options.Seconds);
        string name = $"{link.Packet}{(link.Segmentation ? "" : ", no GSO")}, buffer {2 * link.BufferMiB} MiB";
        var row = new Comparison(name, "Gb/s", found[0].Gbps, found.Length > 1 ? found[1].Gbps : null)
        {
            Number = "F2",
            Notes = found.ToDictionary(each => each.Name, each => each.Conclusion),
        };
        return new BenchResult("loopback --search", machine,
            [.. options.Describe(link), new RunSetting("sink", "null; metrics served, not read while a run lasts")], [row])
        {
            Remarks =
            [
                string.Create(CultureInfo.InvariantCulture,
                    $"Highest rate at which a run loses nothing, with the interval that has it with {100 * RateSearch.Confidence:F0} % "
                        + $"probability if one run in ten tells the wrong thing; more is better."),
            ],
        };
    }

    // In turn, so that both meet whatever else the machine is doing.
    private static ContenderSearch[] Search(IContender[] contenders, Link link, double seconds)
    {
        ContenderSearch[] searches = [.. contenders.Select(contender => new ContenderSearch(contender, link, seconds))];
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = false;
            foreach (ContenderSearch search in searches) goesOn |= search.Step();
        }
        return searches;
    }
}
