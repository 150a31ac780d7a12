using FsCheck;
using FsCheck.Fluent;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Tests.Contracts;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Sources.Memory;

public sealed class QueueSourceTests : PacketSourceContract
{
    // Much less than the waits of the queues under test, much more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    protected override SourceFixture Open(byte[][] datagrams) => new QueueFixture();

    [Fact]
    public void QueueKeepsDatagramsOfAnySizeAcrossThreads() => Prop.ForAll<ushort[]>(lengths =>
    {
        // A ring of few records: it is full and wraps all the time.
        using QueueSource queue = new(capacityBytes: 2048);
        Task<List<byte[]>> receiver = Task.Run(() => ReceiveAll(queue));
        byte[][] sent = [.. lengths.Select((length, index) => Filled((byte)index, length % (queue.MaxDatagramBytes + 1)))];
        foreach (byte[] datagram in sent) queue.Send(datagram);
        queue.Complete();
        return receiver.Wait(Limit) && Same(sent, receiver.Result);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AFullQueueTakesNothingUntilABatchIsReleased()
    {
        using QueueSource queue = new(capacityBytes: 512);
        byte[] datagram = new byte[100];
        int taken = 0;
        while (queue.TrySend(datagram)) taken++;
        Assert.Equal(4, taken);
        Assert.Equal(4, queue.Receive(new Datagram[10], wait: false));
        Assert.False(queue.TrySend(datagram));
        queue.Release();
        Assert.True(queue.TrySend(datagram));
    }

    [Fact]
    public async Task ASenderThatWaitsForRoomGoesOnWhenABatchIsReleased()
    {
        using QueueSource queue = new(capacityBytes: 256) { WaitMilliseconds = 60_000 };
        while (queue.TrySend([1])) { }
        Task sender = Task.Run(() => queue.Send([2]));
        queue.Receive(new Datagram[64], wait: false);
        queue.Release();
        await sender.WaitAsync(Limit);
    }

    [Fact]
    public async Task ADatagramWakesTheReceiver()
    {
        using QueueSource queue = new() { WaitMilliseconds = 60_000 };
        Task<int> receiver = Task.Run(() => queue.Receive(new Datagram[1], wait: true));
        queue.Send([1]);
        Assert.Equal(1, await receiver.WaitAsync(Limit));
    }

    [Fact]
    public async Task CompletingWakesTheReceiver()
    {
        using QueueSource queue = new() { WaitMilliseconds = 60_000 };
        Task<int> receiver = Task.Run(() => queue.Receive(new Datagram[1], wait: true));
        queue.Complete();
        Assert.Equal(0, await receiver.WaitAsync(Limit));
        Assert.True(queue.Ended);
    }

    [Fact]
    public void FlawAndArrivalTravelWithTheDatagram()
    {
        using QueueSource queue = new();
        queue.Send([1, 2], arrivalNanoseconds: 42, Outcome.TruncatedDatagram);
        Datagram[] batch = new Datagram[1];
        queue.Receive(batch, wait: false);
        Assert.Equal((42, Outcome.TruncatedDatagram, 2), (batch[0].ArrivalNanoseconds, batch[0].Flaw, batch[0].Length));
    }

    [Fact]
    public void ADatagramThatNeverFitsIsRefused()
    {
        using QueueSource queue = new(capacityBytes: 1024);
        Assert.True(queue.TrySend(new byte[queue.MaxDatagramBytes]));
        Assert.Throws<ArgumentException>(() => queue.TrySend(new byte[queue.MaxDatagramBytes + 1]));
    }

    [Fact]
    public async Task ASenderThatWaitsLearnsThatTheReceiverIsGone()
    {
        QueueSource queue = new(capacityBytes: 256) { WaitMilliseconds = 60_000 };
        while (queue.TrySend([1])) { }
        Task sender = Task.Run(() => queue.Send([2]));
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sender.WaitAsync(Limit));
    }

    private static List<byte[]> ReceiveAll(QueueSource queue)
    {
        List<byte[]> received = [];
        Datagram[] batch = new Datagram[7];
        while (!queue.Ended)
        {
            int count = queue.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, count)) received.Add(datagram.Span.ToArray());
            queue.Release();
        }
        return received;
    }

    private static byte[] Filled(byte value, int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static bool Same(byte[][] sent, List<byte[]> received) =>
        sent.Length == received.Count && sent.Zip(received).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private sealed class QueueFixture() : SourceFixture(new QueueSource { WaitMilliseconds = 60_000 })
    {
        private QueueSource Queue => (QueueSource)Source;

        public override void Feed(ReadOnlySpan<byte[]> datagrams)
        {
            foreach (byte[] datagram in datagrams) Queue.Send(datagram);
        }

        public override void End() => Queue.Complete();

        protected override void Dispose(bool disposing) => Queue.Dispose();
    }
}
