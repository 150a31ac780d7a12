using System.Runtime.CompilerServices;

namespace Recv.Ledger;

/// <summary>Outcomes of datagrams whose heap the layout refused: one for each of the layout's statistics.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
[ReceivePath]
public static class Rejection
{
    /// <summary>The first statistic of every layout, <c>metadata_heaps</c>: another length, or a required item is absent.</summary>
    public const Outcome Metadata = Outcome.FirstRejected;

    /// <summary>The outcome of a statistic.</summary>
    /// <param name="statistic">Its index among the layout's statistics.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Outcome By(int statistic) => Outcome.FirstRejected + statistic;

    /// <summary>The index of the statistic that an outcome is of; negative when it is of none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StatisticOf(Outcome outcome) => outcome - Outcome.FirstRejected;
}
