using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;
using Recv.Sinks.File;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sinks.File;

public sealed class FileSinkTests : ChunkSinkContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IChunkSink MakeSink() => Sink();

    [Fact]
    public void StoredChunkReadsBackAsItWas()
    {
        Store(Sink(), TestChunks.Shape, chunk =>
        {
            chunk.Put(3, 0x33);
            chunk.Put(6, 0x66);
        }, 5);
        StoredChunk stored = StoredChunk.Read(Assert.Single(StoredChunk.In(_folder.Path)));
        Assert.Equal((5, 5 * 64, 2), (stored.Sidecar.ChunkId, stored.Sidecar.Timestamp, stored.Sidecar.PresentCount));
        Assert.Equal(("small", "saturated"), (stored.Sidecar.Layout, stored.Sidecar.Extra));
        Assert.Equal([.. new byte[48], .. Same(0x33, 16), .. new byte[32], .. Same(0x66, 16), .. new byte[16]], stored.Data);
        Assert.Equal([0, 0, 0, 1, 0, 0, 1, 0], stored.Present);
        Assert.Equal([0, 0, 0, 1, 0, 0, 1, 0], stored.Reasons);
        Assert.Equal(("never_came", "present"), (stored.Sidecar.Reasons[0], stored.Sidecar.Reasons[1]));
        Assert.Equal([.. new byte[6], 0x33, 0, .. new byte[4], 0x66, 0, 0, 0], stored.Extra);
        Assert.Equal([("time", 4), ("antenna", 2)], stored.Sidecar.Axes.Select(axis => (axis.Name, axis.Size)));
    }

    [Fact]
    public void GapsBetweenAxesAreNotStored()
    {
        LayoutShape gaps = TestChunks.Shape with
        {
            ChunkBytes = 256,
            Axes = [new LayoutAxis("antenna", 2, 128, []), new LayoutAxis("time", 4, 16, [])],
            Extra = null,
        };
        Store(Sink(), gaps, chunk =>
        {
            chunk.Storage.Span(0, 256).Fill(0xee);
            for (int heap = 0; heap < 8; heap++)
            {
                chunk.Storage.Span(gaps.HeapOffset(heap), 16).Fill((byte)heap);
                chunk.Mark(heap);
            }
        });
        StoredChunk stored = StoredChunk.Read(Assert.Single(StoredChunk.In(_folder.Path)));
        Assert.Equal((long[])[2, 4, 16], stored.DataForm.Shape);
        Assert.Equal(Enumerable.Range(0, 8).SelectMany(heap => Same((byte)heap, 16)), stored.Data);
        Assert.DoesNotContain(_folder.Files, name => name.Contains("extra", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("int8", 8, true, "|i1", new long[] { 4, 2, 8, 2 })]
    [InlineData("int16", 16, false, ">i2", new long[] { 4, 2, 8 })]
    [InlineData("float32", 32, true, ">f4", new long[] { 4, 2, 2, 2 })]
    [InlineData("uint8", 8, false, "|u1", new long[] { 4, 2, 16 })]
    [InlineData("int10", 10, false, "|u1", new long[] { 4, 2, 16 })]
    public void SamplesHaveTheTypeThatNumpyHasForThem(string dtype, int bits, bool complex, string descr, long[] axes)
    {
        Store(Sink(), TestChunks.Shape with { Samples = new LayoutSamples(dtype, bits, complex, BigEndian: true) },
            chunk => chunk.Put(0, 1));
        NpyHeader form = StoredChunk.Read(Assert.Single(StoredChunk.In(_folder.Path))).DataForm;
        Assert.Equal(descr, form.Descr);
        Assert.Equal(axes, form.Shape);
    }

    [HostFact(HostNeed.Numpy)]
    public void NumpyLoadsWhatWasStored()
    {
        Store(Sink(), TestChunks.Shape with { Samples = new LayoutSamples("int16", 16, Complex: true, BigEndian: true) }, chunk =>
        {
            chunk.Put(3, 0x12);
            chunk.Put(6, 0xff);
        });
        string printed = Python.Run("""
            import glob, json, sys, numpy
            stem = glob.glob(sys.argv[1] + '/*.json')[0][:-5]
            data, present, reasons, extra = (numpy.load(stem + end) for end in ('.npy', '.present.npy', '.reasons.npy', '.extra.npy'))
            about = json.load(open(stem + '.json'))
            print(data.shape, data.dtype.str, data[1, 1].tolist(), data[3, 0, 0].tolist(), int(numpy.abs(data[0].astype(int)).sum()))
            print(present.shape, present.tolist(), extra.dtype.str, extra.ravel().tolist(), about['present_count'], reasons.sum())
            """, _folder.Path);
        Assert.Equal(
            ["(4, 2, 4, 2) >i2 [[4626, 4626], [4626, 4626], [4626, 4626], [4626, 4626]] [-1, -1] 0",
            "(4, 2) [[0, 0], [0, 1], [0, 0], [1, 0]] <u2 [0, 0, 0, 18, 0, 0, 255, 0] 2 2"],
            printed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void OnlyTheLastChunksAreKeptThoseOfEarlierRunsIncluded()
    {
        var clock = new ManualTime();
        Store(Sink(keep: 3, clock), TestChunks.Shape, chunk => chunk.Put(0, 1), 1, 2, 3, 4);
        Assert.Equal([2, 3, 4], Ids());
        clock.Advance(TimeSpan.FromSeconds(1));
        Store(Sink(keep: 3, clock), TestChunks.Shape, chunk => chunk.Put(0, 1), 1, 2);
        Assert.Equal([4, 1, 2], Ids());
        Assert.Equal(3 * 5, _folder.Files.Count);
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsSaidInOneLine()
    {
        using var file = new TemporaryFile([]);
        using var sink = new FileSink(new FileSinkOptions { Folder = Path.Combine(file.Path, "below") });
        RecvException refused = Assert.Throws<RecvException>(() => sink.Start(Shape));
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Contains(file.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(RecvException.Host, Assert.Throws<RecvException>(() => sink.Prepare([])).ExitCode);
    }

    [Fact]
    public void PreparingMakesTheFolderAndLeavesNothingInIt()
    {
        using var sink = new FileSink(new FileSinkOptions { Folder = Path.Combine(_folder.Path, "new") });
        sink.Prepare([]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "new")));
    }

    [Fact]
    public void AChunkThatWasThereBeforeOutlivesOneOfTheSameName()
    {
        using FileSink sink = Sink();
        sink.Start(TestChunks.Shape);
        Consume(sink, TestChunks.Shape, chunk => chunk.Put(0, 1), 1, 1);
        Assert.Equal((1, 1), (sink.Chunks, sink.LostChunks));
        Assert.Equal([1], Ids());
        Assert.Equal(5, _folder.Files.Count);
    }

    [Fact]
    public void AChunkThatCannotBeStoredIsCountedAndLeavesNothingBehind()
    {
        using FileSink sink = Sink();
        sink.Start(TestChunks.Shape);
        Consume(sink, TestChunks.Shape, chunk => chunk.Put(0, 1), 1);
        Directory.Move(_folder.Path, _folder.Path + "-away");
        Consume(sink, TestChunks.Shape, chunk => chunk.Put(0, 1), 2);
        Directory.Move(_folder.Path + "-away", _folder.Path);
        Consume(sink, TestChunks.Shape, chunk => chunk.Put(0, 1), 3);
        Assert.Equal((2, 1, false), (sink.Chunks, sink.LostChunks, sink.Healthy));
        Assert.Contains("1 not written: ", sink.Progress, StringComparison.Ordinal);
        Assert.Equal([1, 3], Ids());
        Assert.Equal(2 * 5, _folder.Files.Count);
    }

    [ToolFact("unshare", "mount", "sh", NeedsRoot = true)]
    public void AFullDiskCostsTheChunksThatDoNotFitAndIsSaid()
    {
        // The tmpfs is in a mount namespace that ends with the process: the chunks themselves are looked at from within.
        string capture = Path.Combine(AppContext.BaseDirectory, "Vectors", "digitiser-clean-10bit.pcap");
        using RecvProcess process = RecvProcess.StartUnder(
            ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=48k tmpfs \"$0\" && \"$@\"; code=$?; ls \"$0\"; exit $code",
                _folder.Path],
            ["replay", "--scenario", Path.ChangeExtension(capture, ".json"), capture, "--sink", "file:" + _folder.Path]);
        int exitCode = process.Wait();
        Assert.True(exitCode == RecvException.Host, process.Everything);
        Assert.Contains(process.Error, line => line.StartsWith($"recv: sink file:{_folder.Path}: ", StringComparison.Ordinal)
            && line.Contains(" chunks were not written, ", StringComparison.Ordinal)
            && line.Contains("; the disk is full: ", StringComparison.Ordinal));
        string[] files = [.. process.Output.Where(
            line => line.EndsWith(".json", StringComparison.Ordinal) || line.EndsWith(".npy", StringComparison.Ordinal))];
        Assert.All(files.GroupBy(name => string.Join('.', name.Split('.')[..3])), chunk => Assert.Contains(chunk.Key + ".json", chunk));
    }

    public void Dispose() => _folder.Dispose();

    private FileSink Sink(int keep = 0, TimeProvider? clock = null) =>
        new(new FileSinkOptions { Folder = _folder.Path, Keep = keep, Clock = clock ?? TimeProvider.System });

    private long[] Ids() => [.. StoredChunk.In(_folder.Path).Select(path => StoredChunk.Read(path).Sidecar.ChunkId)];

    private static void Store(FileSink sink, LayoutShape shape, Action<Chunk> fill, params long[] ids)
    {
        using (sink)
        {
            sink.Start(shape);
            Consume(sink, shape, fill, ids.Length == 0 ? [0] : ids);
            sink.Finish();
            Assert.True(sink.Healthy, sink.Progress);
        }
    }

    private static void Consume(FileSink sink, LayoutShape shape, Action<Chunk> fill, params long[] ids)
    {
        var log = new ChunkLog();
        foreach (long id in ids)
        {
            using var chunk = new Chunk(shape, 1, 0, 1, log);
            chunk.Begin(id, 0, log);
            fill(chunk);
            chunk.ZeroAbsent();
            chunk.Hold(1);
            sink.Consume(chunk);
        }
        Assert.Equal(ids.Length, log.Recycled.Count);
    }

    private static byte[] Same(byte value, int count) => [.. Enumerable.Repeat(value, count)];
}
