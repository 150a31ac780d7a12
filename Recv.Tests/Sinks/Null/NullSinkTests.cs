using Recv.Chunks;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Null;

public class NullSinkTests : ChunkSinkContract
{
    protected override IChunkSink MakeSink() => new NullSink();

    [Fact]
    public void HeapsPresentAndMissingAreCounted()
    {
        using var sink = new NullSink();
        using var chunk = new Chunk(Shape, 1, 0, 1, new ChunkLog());
        sink.Start(Shape);
        chunk.Begin(1, 0, new ChunkLog());
        chunk.Storage.Span(chunk.PresentAt, 5).Fill(1);
        chunk.Hold(1);
        sink.Consume(chunk);
        Assert.Equal((1, 5, 11), (sink.Chunks, sink.Present, sink.Missing));
        Assert.Equal("null: 1 chunks, 5 heaps present, 11 absent", sink.Progress);
    }
}
