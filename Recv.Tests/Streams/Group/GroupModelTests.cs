using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Tests.Model;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>Four threads that run as they like, over a feed that is shuffled, lossy and skewed, against the model on one thread.</summary>
public sealed class GroupModelTests
{
    private const int Members = 4;
    private const int Chunks = 60;

    // Two packets to a heap, whole cache lines: payload goes past the caches, as it does in the field.
    private const int HeapBytes = 8192;

    private static readonly StreamOptions Options = new() { MaxChunks = 2, MaxHeaps = 8, AllowOutOfOrder = true };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryHeapIsThatOfTheModelOrCountedAsLost(int seed)
    {
        var random = new Random(seed);
        var feed = new GroupFeed(Members, HeapBytes);
        byte[][][] datagrams = [.. Enumerable.Range(0, Members).Select(member => Shuffled(feed, member, random))];
        var keeper = new KeepingSink(keep: 2);
        using Receiver receiver = Receive(feed, datagrams, keeper, random);

        Assert.Equal(keeper.Chunks.Select(chunk => chunk.Id).Distinct().Order(), keeper.Chunks.Select(chunk => chunk.Id));
        Dictionary<long, ModelChunk> model = RunModel(feed, datagrams);
        long[] there = new long[Members], lost = new long[Members];
        foreach (ModelChunk expected in model.Values)
        {
            DeliveredChunk? got = keeper.Chunks.Find(chunk => chunk.Id == expected.Id);
            if (got is not null) AssertHeaps(expected, got);
            for (int heap = 0; heap < expected.Present.Length; heap++)
            {
                if (expected.Present[heap] == '1') (got?.Present[heap] == 1 ? there : lost)[feed.OwnerOf(heap)]++;
            }
        }
        for (int member = 0; member < Members; member++)
        {
            LedgerSnapshot ledger = receiver.Snapshots[member];
            Assert.Equal(datagrams[member].Length, ledger.Seen);
            Assert.Equal(0, ledger.InFlight);
            Assert.Equal(GroupFeed.PacketsPerHeap * there[member], ledger[Outcome.Delivered]);
            // What the model has and we have not is too old, or was in a chunk that was lost; nothing else can become of a whole heap.
            Assert.InRange(GroupFeed.PacketsPerHeap * lost[member], 0, ledger[Outcome.TooOld] + ledger[Outcome.Overrun]);
        }
        // The feed is skewed enough that the last member loses something, and is not lost altogether.
        Assert.InRange(lost[Members - 1], 1, long.MaxValue);
        Assert.InRange(there[Members - 1], 1, long.MaxValue);
    }

    [Fact]
    public void WithoutSkewOrLossTheChunksAreThoseOfTheModelToTheLastByte()
    {
        var feed = new GroupFeed(Members, HeapBytes);
        using var rig = new GroupRig(Members, heapBytes: HeapBytes);
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            for (int member = 0; member < Members; member++) rig.ReceiveChunks(member, chunk);
        }
        rig.Finish();

        Dictionary<long, ModelChunk> model = RunModel(
            feed, [.. Enumerable.Range(0, Members).Select(member => feed.Chunks(member, 0, Chunks))]);
        Assert.Equal(model.Keys, rig.Rings.DeliveredIds);
        Assert.All(rig.Rings.Delivered, chunk => Assert.Equal(model[chunk.Id].Data, chunk.Data));
        Assert.All(rig.Rings.Delivered, chunk => Assert.Equal(model[chunk.Id].Present, string.Concat(chunk.Present)));
    }

    private static Receiver Receive(GroupFeed feed, byte[][][] datagrams, KeepingSink sink, Random random)
    {
        var pace = new SkewedPace(random.Next(), Members);
        var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. datagrams.Select((mine, member) => new ReceiverInput(Paced(mine, member, pace), feed.Layout))],
            Sinks = [sink],
            Stream = Options,
            Overrun = OverrunPolicy.Block,
        });
        Eventually.Returns(() =>
        {
            receiver.Start();
            receiver.Wait();
        }, "four members and a sink");
        Assert.Null(receiver.Failure);
        Assert.All(receiver.Sinks, one => Assert.Null(one.Failure));
        return receiver;
    }

    private static ScriptedSource Paced(byte[][] datagrams, int member, SkewedPace pace)
    {
        var memory = new MemorySource(datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = 4 });
        return ScriptedSource.Watched(memory, _ =>
        {
            if (memory.Ended) pace.End(member);
            else pace.Next(member);
        });
    }

    // One stream that gets everything, with a window that nothing falls out of.
    private static Dictionary<long, ModelChunk> RunModel(GroupFeed feed, byte[][][] datagrams)
    {
        var chunks = new Dictionary<long, ModelChunk>();
        var settings = new ModelSettings { MaxChunks = Chunks + 1, MaxHeaps = Options.MaxHeaps, AllowOutOfOrder = true };
        foreach (byte[][] mine in datagrams)
        {
            var model = new ModelReceiver(feed.Model, settings);
            foreach (byte[] datagram in mine) model.Feed(datagram);
            model.Stop();
            foreach (ModelChunk chunk in model.Chunks.Where(chunk => chunk.PresentCount > 0))
            {
                if (chunks.TryGetValue(chunk.Id, out ModelChunk? merged)) merged.Merge(chunk);
                else chunks.Add(chunk.Id, chunk);
            }
        }
        return chunks.OrderBy(chunk => chunk.Key).ToDictionary();
    }

    private static void AssertHeaps(ModelChunk expected, DeliveredChunk got)
    {
        byte[] data = expected.Data;
        foreach (int heap in got.Heaps)
        {
            Assert.Equal('1', expected.Present[heap]);
            Assert.True(data.AsSpan(heap * HeapBytes, HeapBytes).SequenceEqual(got.Data.AsSpan(heap * HeapBytes, HeapBytes)),
                $"chunk {got.Id} heap {heap} differs from the model");
        }
    }

    // Heaps change places within a few steps of time, packets within a heap; one in fifty datagrams is lost.
    private static byte[][] Shuffled(GroupFeed feed, int member, Random random)
    {
        var due = Enumerable.Range(0, Chunks * GroupFeed.BatchesPerChunk)
            .Select(batch => (Batch: (long)batch, Due: batch + random.Next(4)));
        return
        [
            .. due.OrderBy(one => one.Due).SelectMany(one => feed.Heap(member, one.Batch).OrderBy(_ => random.Next()))
            .Where(_ => random.Next(50) > 0),
        ];
    }
}
