using Recv.Layouts;
using Recv.Metrics;
using Recv.Metrics.Tables;
using Recv.Sensors;

namespace Recv.Tests.Support.Metrics;

/// <summary>All rows of all tables of figures.</summary>
internal static class AllFigures
{
    /// <summary>What the layouts that come with Recv reject heaps for.</summary>
    public static IReadOnlyList<string> LayoutStatistics { get; } =
        [.. LayoutCatalog.Names.SelectMany(name => LayoutCatalog.Resolve(name).Instance.Shape.Statistics).Distinct()];

    /// <summary>The rows, with those of the layouts that come with Recv.</summary>
    public static IReadOnlyList<Figure> Table { get; } = [
        .. ReceiverTable.For([.. LayoutStatistics]), .. ProcessTable.All, .. SensorTable.All];

    /// <summary>Names of the samples that a page has of a figure.</summary>
    public static IReadOnlyList<string> SamplesOf(Figure figure) =>
        figure.Kind == FigureKind.Histogram ? [figure.Name + "_bucket", figure.Name + "_sum", figure.Name + "_count"] : [figure.Name];
}
