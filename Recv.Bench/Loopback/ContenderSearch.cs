using Recv.Bench.Report;

namespace Recv.Bench.Loopback;

/// <summary>The search for the highest rate without loss of one contender, run by run.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ContenderSearch(IContender contender, Link link, double seconds)
{
    private const int MostRuns = 16;
    private const int FastestRuns = 2;
    private const double LowestGbps = 0.5;

    private readonly List<(double Gbps, bool Lossless)> _runs = [];
    private RateSearch? _search;

    /// <summary>Of the contender.</summary>
    public string Name => contender.Name;

    /// <summary>Lower end, best guess and upper end; one value when the sender at its fastest could not make it lose.</summary>
    public Series Gbps => _search is null
        ? new Series([_runs.Max(run => run.Gbps)])
        : new Series([_search.Low, _search.Rate, _search.High]);

    /// <summary>What the sender spent when it did not have to wait.</summary>
    public double SenderCpuPerGigabyte { get; private set; }

    /// <summary>How it ended.</summary>
    public string Conclusion => _search is null ? "all that the sender gives" : $"{_runs.Count} runs";

    /// <summary>Makes one run, unless enough is known.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Step()
    {
        // First as fast as the sender goes: nothing above that can be tried.
        if (_runs.Count < FastestRuns)
        {
            Run((link with { Rate = 0 }).Lasting(seconds, link.Rate));
            return true;
        }
        if (_search is null)
        {
            if (_runs.TrueForAll(run => run.Lossless)) return false;
            double most = _runs.Max(run => run.Gbps);
            _search = new RateSearch(Math.Min(LowestGbps, most / 2), most);
            foreach ((double gbps, bool lossless) in _runs) _search.Observe(gbps, lossless);
        }
        if (_search.IsSettled || _runs.Count >= MostRuns) return false;
        Run((link with { Rate = _search.Next }).Lasting(seconds, _search.Next));
        _search.Observe(_runs[^1].Gbps, _runs[^1].Lossless);
        return true;
    }

    private void Run(Link probe)
    {
        LoopbackRun run = LoopbackRun.Of(contender, probe);
        _runs.Add((run.Sent.Gbps, run.Lost(probe) == 0));
        if (probe.Rate == 0) SenderCpuPerGigabyte = run.SenderCpuPerGigabyte(probe);
    }
}
