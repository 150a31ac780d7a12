using System.Collections.Immutable;

namespace Recv.Ledger;

/// <summary>Statistics and outcomes of a stream at one moment.</summary>
/// <param name="StatisticNames">Names of <paramref name="Statistics"/>.</param>
/// <param name="OutcomeNames">Names of <paramref name="Outcomes"/>.</param>
/// <param name="Seen">Datagrams that came from the source.</param>
/// <param name="Bytes">Bytes of those datagrams, UDP payload.</param>
/// <param name="Statistics">By value of <see cref="StreamStatistic"/>.</param>
/// <param name="Outcomes">By value of <see cref="Outcome"/>.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record LedgerSnapshot(
    ImmutableArray<string> StatisticNames,
    ImmutableArray<string> OutcomeNames,
    long Seen,
    long Bytes,
    ImmutableArray<long> Statistics,
    ImmutableArray<long> Outcomes)
{
    /// <summary>Datagrams whose outcome is not decided yet: in live heaps and in chunks. 0 after the end.</summary>
    public long InFlight => Seen - Outcomes.Sum();

    /// <summary>Datagrams that came and were not delivered.</summary>
    public long Lost => Seen - InFlight - this[Outcome.Delivered];

    /// <summary>One statistic.</summary>
    public long this[StreamStatistic statistic] => Statistics[(int)statistic];

    /// <summary>One outcome.</summary>
    public long this[Outcome outcome] => Outcomes[(int)outcome];

    /// <summary>Name and count of every outcome that occurred.</summary>
    public IEnumerable<KeyValuePair<string, long>> Occurred =>
        OutcomeNames.Zip(Outcomes, KeyValuePair.Create).Where(pair => pair.Value != 0);
}
