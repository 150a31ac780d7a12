namespace Recv.Bench.Report;

/// <summary>One row of a result: something that we did several times and, where it has a like, the peer in turn with us.</summary>
/// <param name="Case">What was done.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Recv">Our runs.</param>
/// <param name="Peer">The peer's runs, in turn with ours; null when it was not run or has nothing like it.</param>
/// <remarks><b>Threading:</b> immutable. Written to the files of results and read from them.</remarks>
internal sealed record Comparison(string Case, string Unit, Series Recv, Series? Peer = null)
{
    /// <summary>Other things to know of the row, such as throughput or loss.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>Ours divided by the peer's, run by run.</summary>
    public Series? Ratio => Peer is null ? null : Recv.DividedBy(Peer);

    /// <summary>Format of a value.</summary>
    public string Number { get; init; } = "F1";
}
