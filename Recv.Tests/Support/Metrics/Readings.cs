using Recv.Layouts;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Sources;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Metrics;

/// <summary>Readings of receivers that are not there.</summary>
internal static class Readings
{
    /// <summary>Their layout.</summary>
    public static LayoutShape Shape => TestChunks.Shape;

    /// <summary>Of a stream to which nothing has come, from a source that says this.</summary>
    public static ReceiverReading Of(SourceStatus source) => Of([new StreamCounters(Shape.Statistics)], source);

    /// <summary>Of streams that have counted this.</summary>
    public static ReceiverReading Of(IReadOnlyList<StreamCounters> streams, SourceStatus source = default)
    {
        BucketReading buckets = new BucketCounts(1).Read();
        return new ReceiverReading([.. streams.Select((stream, i) => new StreamReading([$"{i}"], stream.Snapshot(), source))],
            new ChunkReading(0, 0, 0, 0, 1, 1, 2, 0, null), [new SinkReading(["null"], true, new(0, buckets, buckets))],
            new ChunkStatistics(Shape).Read(), default, true);
    }
}
