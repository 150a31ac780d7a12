using System.Collections.Immutable;

namespace Recv.Metrics.Tables;

/// <summary>All figures of a receiver. Metrics, views, reports, alert rules, dashboard and METRICS.md take them from here.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public static class ReceiverTable
{
    /// <summary>The rows, in the order in which people see them.</summary>
    /// <param name="layoutStatistics">Names of the layout's own statistics, which have a row each.</param>
    public static ImmutableArray<Figure<ReceiverReading>> For(ImmutableArray<string> layoutStatistics) =>
        [
        .. LedgerRows.All, .. ChunkRows.All, .. SinkRows.All, .. ReceivedRows.All, .. StatisticRows.For(layoutStatistics),
        .. StreamRows.All, .. DeviceRows.All,
    ];

    /// <summary>Those that people see; none of them depends on the layout.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> ForPeople { get; } = [.. For([]).Where(figure => figure.Words is not null)];
}
