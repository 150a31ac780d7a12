using System.Collections.Immutable;
using Recv.Files;

namespace Recv.Layouts.Yaml;

/// <summary>A layout file as it is written: names checked, expressions parsed, nothing computed yet.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record LayoutDocument
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required ImmutableArray<NamedExpression> Parameters { get; init; }

    public required ImmutableArray<NamedExpression> Constants { get; init; }

    public required ImmutableArray<ItemDeclaration> Items { get; init; }

    public required LocatedExpression? PacketHeaps { get; init; }

    public required LocatedExpression HeapBytes { get; init; }

    public required TimestampDeclaration Timestamp { get; init; }

    public required ImmutableArray<AxisDeclaration> Axes { get; init; }

    public required ImmutableArray<CheckDeclaration> Checks { get; init; }

    public required ExtraDeclaration? Extra { get; init; }

    public required SamplesDeclaration? Samples { get; init; }

    public required RateDeclaration? AdcRate { get; init; }

    /// <summary>Unix time of timestamp 0, in seconds.</summary>
    public required decimal? SyncTime { get; init; }
}

/// <summary>The key <c>adc_rate</c>: a number, or an expression of parameters.</summary>
internal sealed record RateDeclaration(Position At, double Hertz, LocatedExpression? Expression);

/// <summary>A parameter or constant.</summary>
internal sealed record NamedExpression(string Name, Position At, LocatedExpression Value);

/// <summary>An entry of <c>items</c>.</summary>
internal sealed record ItemDeclaration(
    string Name, Position At, LocatedExpression Id, LocatedExpression? Required, LocatedExpression? Default, bool LittleEndian);

/// <summary>The <c>timestamp</c> section; <paramref name="Item"/> is an index into the items, behind them all when it has a
/// <paramref name="Value"/> instead.</summary>
internal sealed record TimestampDeclaration(
    int Item, Position ItemAt, LocatedExpression? Value, LocatedExpression? Bits, LocatedExpression Step, LocatedExpression? Mask);

/// <summary>An entry of <c>axes</c>; the time axis has no index.</summary>
internal sealed record AxisDeclaration(
    string Name, Position At, LocatedExpression Size, LocatedExpression? Index, LocatedExpression? Stride,
    ImmutableArray<string> Labels);

/// <summary>An entry of <c>checks</c>.</summary>
internal sealed record CheckDeclaration(string Statistic, LocatedExpression Unless);

/// <summary>The <c>extra</c> section.</summary>
internal sealed record ExtraDeclaration(string Name, string Dtype, int Bytes, LocatedExpression Value);

/// <summary>
/// The <c>samples</c> section: a whole dtype such as <c>int10</c>, or a kind such as <c>int</c> with bits.
/// </summary>
internal sealed record SamplesDeclaration(
    string Dtype, Position DtypeAt, LocatedExpression? Bits, LocatedExpression? Complex, LocatedExpression? BigEndian);
