using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Contracts;

/// <summary>What every sink keeps, whatever it does with its chunks.</summary>
public abstract class ChunkSinkContract
{
    protected abstract IChunkSink MakeSink();

    /// <summary>Any shape that the sink accepts.</summary>
    protected virtual LayoutShape Shape { get; } = new()
    {
        Name = "contract",
        HeapBytes = 64,
        ChunkBytes = 1024,
        ChunkBatches = 8,
        BatchHeaps = 2,
        HeapTimestampStep = 64,
        Items = [new LayoutItem("timestamp", 0x1600, Required: true)],
        TimestampItem = 0,
        Statistics = ["metadata_heaps"],
        Axes = [new LayoutAxis("time", 8, 128, []), new LayoutAxis("antenna", 2, 64, ["m000", "m001"])],
    };

    [ContractFact]
    public void EveryChunkIsReleasedExactlyOnce()
    {
        var log = new ChunkLog();
        Chunk[] chunks = Run(log, chunks: 6, presentOf: id => (byte)(id % 2));
        Assert.Equal(chunks.OrderBy(chunk => chunk.Id), log.Recycled.OrderBy(chunk => chunk.Id));
        Dispose(chunks);
    }

    [ContractFact]
    public void ChunksWithNothingPresentAreTakenLikeOthers()
    {
        var log = new ChunkLog();
        Chunk[] chunks = Run(log, chunks: 3, presentOf: _ => 0);
        Assert.Equal(3, log.Recycled.Count);
        Dispose(chunks);
    }

    [ContractFact]
    public void AChunkThatAnotherSinkStillHoldsDoesNotGoHome()
    {
        var log = new ChunkLog();
        using IChunkSink sink = MakeSink();
        sink.Start(Shape);
        using Chunk chunk = Filled(log, 1, present: 1);
        chunk.Hold(2);
        sink.Consume(chunk);
        sink.Finish();
        Assert.Empty(log.Recycled);
        chunk.Release();
        Assert.Equal([chunk], log.Recycled);
    }

    [ContractFact]
    public void DataMaskAndExtraAreLeftAsTheyAre()
    {
        using IChunkSink sink = MakeSink();
        sink.Start(Shape);
        using Chunk chunk = Filled(new ChunkLog(), 1, present: 1);
        byte[] before = [.. chunk.Data, .. chunk.Present, .. chunk.Reasons, .. chunk.Extra];
        // Held by this test too, so that nobody cleans it.
        chunk.Hold(2);
        sink.Consume(chunk);
        sink.Finish();
        Assert.Equal(before, (byte[])[.. chunk.Data, .. chunk.Present, .. chunk.Reasons, .. chunk.Extra]);
        chunk.Release();
    }

    [ContractFact]
    public void SinkWithoutChunksIsHealthyAndFinishes()
    {
        using IChunkSink sink = MakeSink();
        Assert.NotEmpty(sink.Name);
        sink.Start(Shape);
        sink.Finish();
        Assert.True(sink.Healthy);
        Assert.DoesNotContain('\n', sink.Progress ?? "");
    }

    [ContractFact]
    public void ASinkIsDisposedBeforeItsStartAndTwice()
    {
        IChunkSink unused = MakeSink();
        unused.Dispose();
        IChunkSink used = MakeSink();
        used.Start(Shape);
        used.Finish();
        used.Dispose();
        used.Dispose();
    }

    [ContractFact]
    public void ProgressIsOneLineAtAnyTime()
    {
        using IChunkSink sink = MakeSink();
        Assert.DoesNotContain('\n', sink.Progress ?? "");
        sink.Start(Shape);
        using Chunk chunk = Filled(new ChunkLog(), 1, present: 1);
        chunk.Hold(1);
        sink.Consume(chunk);
        Assert.DoesNotContain('\n', sink.Progress ?? "");
        // Until then the sink may hold it.
        sink.Finish();
    }

    private Chunk[] Run(ChunkLog log, int chunks, Func<int, byte> presentOf)
    {
        using IChunkSink sink = MakeSink();
        sink.Start(Shape);
        Chunk[] given = [.. Enumerable.Range(0, chunks).Select(id => Filled(log, id, presentOf(id)))];
        foreach (Chunk chunk in given)
        {
            chunk.Hold(1);
            chunk.Take();
            sink.Consume(chunk);
        }
        sink.Finish();
        return given;
    }

    private Chunk Filled(ChunkLog log, long id, byte present)
    {
        var chunk = new Chunk(Shape, 1, 0, 1, log);
        chunk.Begin(id, 0, log);
        for (int at = 0; at < Shape.ChunkBytes; at++) chunk.Storage.Span(at, 1)[0] = (byte)(id + at);
        chunk.Storage.Span(chunk.PresentAt, chunk.Entries).Fill(present);
        return chunk;
    }

    private static void Dispose(Chunk[] chunks) => Array.ForEach(chunks, chunk => chunk.Dispose());
}
