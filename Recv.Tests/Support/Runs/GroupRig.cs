using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Streams.Group;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Runs;

/// <summary>
/// A stream group of real receive streams over <see cref="WatchedRings"/>. A test steps the members by hand, or gives them threads
/// that it parks.
/// </summary>
/// <remarks><b>Threading:</b> the test's thread, and a thread for each member that has one. <b>Owns:</b> everything.</remarks>
internal sealed class GroupRig : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Action<string>[] _pass;

    public GroupRig(int members, int maxChunks = 2, int chunks = 16, Func<int>? keep = null, int heapBytes = 16)
    {
        Feed = new GroupFeed(members, heapBytes);
        Counters = [.. Enumerable.Range(0, members).Select(_ => new StreamCounters(Feed.Layout.Shape.Statistics))];
        Rings = new WatchedRings(Feed.Layout.Shape, chunks, Counters, keep ?? (() => 0));
        Group = new StreamGroup(members, maxChunks + 1, Rings);
        _pass = [.. Enumerable.Repeat<Action<string>>(_ => { }, members)];
        var options = new StreamOptions { MaxChunks = maxChunks };
        Streams = [.. Enumerable.Range(0, members).Select(member => ReceiveStream.Create(
            new WatchedLayout(Feed.Layout, point => _pass[member](point)), options, Group[member], Counters[member], member))];
    }

    public GroupFeed Feed { get; }

    public StreamCounters[] Counters { get; }

    public WatchedRings Rings { get; }

    public StreamGroup Group { get; }

    public ReceiveStream[] Streams { get; }

    /// <summary>A member receives its heaps of one step of time, in a batch, on the test's thread.</summary>
    public void Receive(int member, long batch) => Receive(member, Feed.Heap(member, batch));

    /// <summary>A member receives all its heaps of these chunks, a batch for each step of time, on the test's thread.</summary>
    public void ReceiveChunks(int member, long first, int count = 1)
    {
        for (long batch = first * GroupFeed.BatchesPerChunk; batch < (first + count) * GroupFeed.BatchesPerChunk; batch++) Receive(
            member, batch);
    }

    /// <summary>A member receives datagrams in a batch, on the test's thread.</summary>
    public void Receive(int member, byte[][] datagrams)
    {
        using var source = new MemorySource(
            datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = datagrams.Length });
        var batch = new Datagram[datagrams.Length];
        Streams[member].Process(batch.AsSpan(0, source.Receive(batch, wait: true)));
    }

    /// <summary>A thread that receives datagrams and ends the member, and stands at every point on its way that
    /// <paramref name="stands"/> names.</summary>
    public ParkedThread Thread(int member, byte[][] datagrams, int batchSize, params string[] stands)
    {
        var memory = new MemorySource(datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = batchSize });
        var thread = new ParkedThread($"member {member}", self =>
        {
            _pass[member] = point =>
            {
                if (stands.Contains(point)) self.Pass(point);
            };
            using var source = ScriptedSource.Watched(memory, _pass[member]);
            var loop = new ReceiveLoop(source, Streams[member], TimeSpan.Zero);
            while (loop.Turn()) { }
            loop.End();
        });
        _owned.Add(thread);
        return thread;
    }

    /// <summary>All members end, in order of number.</summary>
    public void Finish() => Array.ForEach(Streams, stream => stream.Finish());

    /// <summary>
    /// What must hold at the end of every run, whatever happened in it: chunks in order and each once, every heap that is there
    /// right, every datagram accounted for by exactly one outcome, all chunks home.
    /// </summary>
    public void AssertSound()
    {
        Rings.ReleaseAllBut(0);
        Assert.Equal(0, Group.Quarantined);
        Assert.Equal(Rings.Count, Rings.Free);
        Assert.Equal(Rings.DeliveredIds.Distinct().Order(), Rings.DeliveredIds);
        foreach (DeliveredChunk chunk in Rings.Delivered) Feed.AssertRight(chunk);
        int[] present = new int[Streams.Length];
        foreach (int heap in Rings.Delivered.SelectMany(chunk => chunk.Heaps)) present[Feed.OwnerOf(heap)]++;
        for (int member = 0; member < Streams.Length; member++)
        {
            LedgerSnapshot ledger = Counters[member].Snapshot();
            Assert.Equal(0, ledger.InFlight);
            Assert.Equal(GroupFeed.PacketsPerHeap * present[member], ledger[Outcome.Delivered]);
        }
    }

    public void Dispose()
    {
        _owned.ForEach(one => one.Dispose());
        Array.ForEach(Streams, stream => stream.Dispose());
        Rings.Dispose();
    }
}
