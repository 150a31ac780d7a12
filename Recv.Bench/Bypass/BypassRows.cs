using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Bypass;

/// <summary>The runs of <c>bypass</c> as rows of a result.</summary>
/// <param name="link">What they had in common.</param>
/// <param name="runs">Of each contender, in the order of the rounds.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class BypassRows(Link link, IReadOnlyDictionary<IContender, List<LoopbackRun>> runs)
{
    private string Traffic => link.Rate > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{link.Packet} at {link.Rate} Gb/s")
        : $"{link.Packet} unpaced";

    /// <summary>CPU per GB of each of our ways, beside each of the peer's programs; and what was lost.</summary>
    public IEnumerable<Comparison> Cost(IEnumerable<IContender> ours, IContender[] peers) => Rows(ours, peers, "", (way, peer) =>
        new Comparison("", "CPU s/GB", PerGigabyte(way), peer is null ? null : PerGigabyte(peer))
        {
            Notes = new Dictionary<string, string>
            {
                ["Recv lost %"] = Lost(way),
                ["spead2 lost %"] = peer is null ? "" : Lost(peer),
            },
            Number = "F3",
        });

    /// <summary>Packets a second of the same runs.</summary>
    public IEnumerable<Comparison> Rates(IEnumerable<IContender> ours, IContender[] peers) => Rows(ours, peers, "rate of ", (way, peer) =>
        new Comparison("", "packets/s", Rate(way), peer is null ? null : Rate(peer))
        {
            Number = "F0",
        });

    private IEnumerable<Comparison> Rows(
        IEnumerable<IContender> ours, IContender[] peers, string front, Func<IContender, IContender?, Comparison> row) =>
        ours.SelectMany(way => (peers.Length == 0 ? [null] : (IContender?[])peers).Select(peer =>
            row(way, peer) with { Case = $"{front}{way.Name}, {Traffic}{(peer is null ? "" : $", {peer.Name}")}" }));

    private Series PerGigabyte(IContender contender) => new([.. runs[contender].Select(run => run.CpuPerGigabyte(link))]);

    private Series Rate(IContender contender) => new([.. runs[contender].Select(run => run.Rate(link))]);

    private string Lost(IContender contender) =>
        new Series([.. runs[contender].Select(run => 100.0 * (1 - run.Received.Datagrams / (double)run.Sent.Packets))]).Format("F2");
}
