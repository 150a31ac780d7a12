using System.Security.Cryptography;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Report;

public class ReportSinkTests : ChunkSinkContract
{
    protected override IChunkSink MakeSink() => new ReportSink();

    [Fact]
    public void AChunkIsDescribedAsTheVectorsDo()
    {
        using ReportSink sink = Reported(Shape, chunk =>
        {
            chunk.Storage.Span(0, 3).Fill(7);
            chunk.Storage.Span(chunk.PresentAt, 1)[0] = 1;
        });
        byte[] data = new byte[Shape.ChunkBytes];
        data.AsSpan(0, 3).Fill(7);
        ChunkReport report = Assert.Single(sink.Chunks);
        Assert.Equal((9, 9 * 8 * 64, 1), (report.ChunkId, report.Timestamp, report.PresentCount));
        Assert.Equal("1000000000000000", report.Present);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), report.DataSha256);
        Assert.Null(report.Extra);
        Assert.Null(report.ExtraSha256);
    }

    [Theory]
    [InlineData("uint16", 2, -2, 65534)]
    [InlineData("int16", 2, -2, -2)]
    [InlineData("uint8", 1, 300, 44)]
    [InlineData("int64", 8, long.MinValue, long.MinValue)]
    public void ExtraIsReadByItsType(string dtype, int bytes, long stored, long read)
    {
        using ReportSink sink = Reported(Shape with { Extra = new LayoutExtra("x", dtype, bytes) }, chunk => chunk.SetExtra(3, stored));
        ChunkReport report = Assert.Single(sink.Chunks);
        Assert.Equal([0, 0, 0, read, .. new long[12]], report.Extra!);
        byte[] extra = new byte[16 * bytes];
        BitConverter.GetBytes(stored).AsSpan(0, bytes).CopyTo(extra.AsSpan(3 * bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(extra)), report.ExtraSha256);
    }

    private static ReportSink Reported(LayoutShape shape, Action<Chunk> fill)
    {
        var log = new ChunkLog();
        using var chunk = new Chunk(shape, 1, 0, 1, log);
        chunk.Begin(9, 0, log);
        fill(chunk);
        chunk.Hold(1);
        var sink = new ReportSink();
        sink.Start(shape);
        sink.Consume(chunk);
        return sink;
    }
}
