using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources.Memory;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Streams;

public sealed class ReplayLoopTests
{
    // 64 bytes a heap, one heap of each polarisation a chunk.
    private const int HeapBytes = 64;
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(20, 1)]
    [InlineData(1, 20)]
    [InlineData(20, 0)]
    [InlineData(50, 50)]
    public void AMemberThatIsFarAheadOfASilentOneIsReplayedToItsEnd(int first, int second)
    {
        var sink = new ReportSink();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [Member(0, Enumerable.Range(10, first)), Member(1, Enumerable.Range(10, second))],
            Sinks = [sink],
            Overrun = OverrunPolicy.Block,
            Replay = true,
        });
        receiver.Start();
        Assert.True(receiver.StreamsEnded(TooLong), "the replay hangs");
        receiver.Wait();

        Assert.Equal(first + second, receiver.Snapshots.Sum(snapshot => snapshot[Outcome.Delivered]));
        Assert.Equal(first + second, sink.Chunks.Sum(chunk => chunk.PresentCount));
        Assert.Equal(sink.Chunks.Select(chunk => chunk.ChunkId).Order(), sink.Chunks.Select(chunk => chunk.ChunkId));
    }

    private static ReceiverInput Member(int pol, IEnumerable<int> chunks)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-beam",
            new Dictionary<string, string>
            {
                ["n_channels"] = "4",
                ["n_channels_per_substream"] = "4",
                ["n_spectra_per_heap"] = "8",
                ["heap_timestamp_step"] = "64",
                ["n_batches_per_chunk"] = "1",
            },
            new Dictionary<string, string> { ["pol"] = $"{pol}" });
        Assert.Equal(HeapBytes, layout.Shape.HeapBytes);
        return new ReceiverInput(new MemorySource(chunks.Select(chunk => (ReadOnlyMemory<byte>)Heap(chunk))), layout.Instance);
    }

    private static byte[] Heap(int chunk) => new PacketBuilder()
        .Control(chunk, HeapBytes, 0, HeapBytes)
        .Immediate(PacketBuilder.TimestampId, chunk * 64)
        .Immediate(PacketBuilder.FrequencyId, 0)
        .Immediate(PacketBuilder.BeamAntsId, 4)
        .Payload(new byte[HeapBytes])
        .Build();
}
