using Recv.Chunks;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Chunks;

public sealed class ChunkTests
{
    private readonly ChunkLog _log = new();

    [Fact]
    public void TheLastReleaseSendsItHomeOnce()
    {
        using Chunk chunk = Begun(holders: 3);
        chunk.Release();
        chunk.Release();
        Assert.Empty(_log.Recycled);
        chunk.Release();
        Assert.Equal([chunk], _log.Recycled);
    }

    [Fact]
    public void AReleaseTooManyIsAnErrorAndDoesNotSendItHomeAgain()
    {
        using Chunk chunk = Begun(holders: 1);
        chunk.Release();
        Assert.Contains("chunk 7", Assert.Throws<InvalidOperationException>(chunk.Release).Message, StringComparison.Ordinal);
        Assert.Single(_log.Recycled);
    }

    [Fact]
    public void DatagramsOfAChunkAreDeliveredWhenTheFirstSinkTakesIt()
    {
        using Chunk chunk = Begun(holders: 2);
        chunk.Take();
        Assert.Equal([7], _log.DeliveredIds);
        chunk.Take();
        chunk.Release();
        chunk.Release();
        Assert.Equal([7], _log.DeliveredIds);
        Assert.Empty(_log.OverrunIds);
    }

    [Fact]
    public void DatagramsOfAChunkAreOverrunWhenNobodyTookIt()
    {
        using Chunk chunk = Begun(holders: 2);
        chunk.Release();
        Assert.Empty(_log.OverrunIds);
        chunk.Release();
        Assert.Equal([7], _log.OverrunIds);
        Assert.Empty(_log.DeliveredIds);
    }

    [Fact]
    public void AbsentHeapsReadAsZerosAfterTheHandOverAndPresentOnesStay()
    {
        using Chunk chunk = Begun(holders: 1);
        chunk.Storage.Span(0, 128).Fill(0xee);
        for (int heap = 0; heap < 8; heap++) chunk.SetExtra(heap, 0x1234);
        chunk.Put(3, 5);
        chunk.ZeroAbsent();
        Assert.Equal([.. new byte[48], .. Enumerable.Repeat((byte)5, 16), .. new byte[64]], chunk.Data.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0], chunk.Extra.ToArray());
    }

    [Fact]
    public void ChunkComesHomeWithAnEmptyMaskAndNoExtra()
    {
        using Chunk chunk = Begun(holders: 1);
        chunk.Put(3, 5);
        chunk.Release();
        Assert.Equal(0, chunk.PresentCount);
        Assert.Equal(new byte[8], chunk.Reasons.ToArray());
        Assert.Equal(new byte[16], chunk.Extra.ToArray());
    }

    [Fact]
    public void ChunkInPacketPresenceModeComesHomeZeroed()
    {
        using var chunk = new Chunk(TestChunks.Shape, packetsPerHeap: 2, packetBytes: 8, members: 1, _log);
        chunk.Begin(7, 0, _log);
        chunk.Storage.Span(0, 128).Fill(0xee);
        chunk.Mark(15);
        chunk.Hold(1);
        chunk.ZeroAbsent();
        // What arrived of a heap counts, whole or not.
        Assert.Equal(0xee, chunk.Data[0]);
        chunk.Release();
        Assert.Equal(new byte[128], chunk.Data.ToArray());
        Assert.Equal(0, chunk.PresentCount);
    }

    [Fact]
    public void ANewUseForgetsWhatTheLastOneTallied()
    {
        using Chunk chunk = Begun(holders: 1);
        chunk.Put(0, 1, datagrams: 5);
        Assert.False(chunk.IsEmpty);
        chunk.Take();
        chunk.Release();
        chunk.Begin(8, 2, _log);
        Assert.Equal((8, 8 * 64, 2), (chunk.Id, chunk.Timestamp, chunk.StreamId));
        Assert.True(chunk.IsEmpty);
        Assert.Equal(0, chunk.DatagramsOf(0));
        chunk.Storage.Span(0, 128).Fill(0xee);
        chunk.Hold(1);
        chunk.ZeroAbsent();
        Assert.Equal(new byte[128], chunk.Data.ToArray());
        chunk.Take();
        chunk.Release();
        Assert.Equal([7, 8], _log.DeliveredIds);
    }

    [Fact]
    public void APieceBeyondTheDataIsRefused()
    {
        using Chunk chunk = Begun(holders: 1);
        Assert.Equal(28, chunk.Slice(100, 28).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.Slice(100, 29).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk.Slice(-1, 1).Length);
    }

    private Chunk Begun(int holders)
    {
        var chunk = new Chunk(TestChunks.Shape, 1, 0, 1, _log);
        chunk.Begin(7, 0, _log);
        chunk.Hold(holders);
        return chunk;
    }
}
