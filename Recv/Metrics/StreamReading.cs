using Recv.Ledger;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Metrics;

/// <summary>What figures say of one stream at one moment.</summary>
/// <param name="Labels">Value of the label: the stream's number.</param>
/// <param name="Ledger">Statistics and outcomes.</param>
/// <param name="Source">Losses upstream of Recv, buffers.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record StreamReading(string[] Labels, LedgerSnapshot Ledger, SourceStatus Source)
{
    /// <summary>How far behind the newest timestamp the most delayed heap of the last batch began, in chunks.</summary>
    public double ReorderDepth { get; init; }

    /// <summary>The most that this ever was.</summary>
    public double MaxReorderDepth { get; init; }

    /// <summary>The longest that its receive thread was away from the source while datagrams could have been waiting.</summary>
    public TimeSpan LongestStall { get; init; }

    /// <summary>Methods that had to be compiled on its receive thread.</summary>
    public long CompiledMethods { get; init; }

    /// <summary>Chunks behind the newest of its group; null for a stream that is alone.</summary>
    public long? Distance { get; init; }

    /// <summary>With what the stream publishes beside its counters.</summary>
    /// <param name="gauges">Of the stream.</param>
    /// <param name="chunkStep">Timestamp units of a chunk.</param>
    public StreamReading With(StreamGauges gauges, double chunkStep) => this with
    {
        ReorderDepth = gauges.ReorderDepth / chunkStep,
        MaxReorderDepth = gauges.MaxReorderDepth / chunkStep,
        LongestStall = gauges.LongestStall > Source.LongestAway ? gauges.LongestStall : Source.LongestAway,
        CompiledMethods = gauges.CompiledMethods,
    };
}
