using System.Text.Json.Serialization;

namespace Recv.Bench.Report;

/// <summary>One row of a result: the same work done by us and, if it was there, by the peer.</summary>
/// <param name="Case">What was done.</param>
/// <param name="Unit">Of the values; smaller is better.</param>
/// <param name="Recv">Our runs.</param>
/// <param name="Peer">The peer's runs, in turn with ours; null when it was not run.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Comparison(string Case, string Unit, Series Recv, Series? Peer)
{
    /// <summary>Other things to know of the row, such as throughput or loss.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>Ours divided by the peer's, run by run: below 1 we are faster.</summary>
    public Series? Ratio => Peer is null ? null : Recv.DividedBy(Peer);

    /// <summary>Format of a value.</summary>
    [JsonIgnore]
    public string Number { get; init; } = "F1";
}
