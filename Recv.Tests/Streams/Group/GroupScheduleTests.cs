using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>
/// Random schedules of real receive threads: a thread runs only when the test lets it, and stands between batches, before placing a
/// heap, and in the middle of a packet. <see cref="WatchedRings"/> looks at every byte of every delivered and every free chunk.
/// </summary>
public sealed class GroupScheduleTests
{
    private const int Schedules = 1000;

    private static readonly string[] Points = [ScriptedSource.BetweenBatches, WatchedLayout.Placing, WatchedLayout.MidPacket];

    [Fact]
    public void NobodyWritesIntoADeliveredOrFreeChunkHoweverTheThreadsAreScheduled()
    {
        int lost = 0, delivered = 0, tooOld = 0;
        for (int seed = 0; seed < Schedules; seed++)
        {
            try
            {
                using GroupRig rig = Run(new Random(seed));
                rig.AssertSound();
                lost += rig.Rings.LostIds.Count;
                delivered += rig.Rings.Delivered.Count;
                tooOld += (int)rig.Counters.Sum(member => member.Snapshot()[Recv.Ledger.Outcome.TooOld]);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"schedule {seed}: {failure.Message}", failure);
            }
        }
        // Schedules without any of these would show nothing.
        Assert.InRange(delivered, Schedules, int.MaxValue);
        Assert.InRange(lost, Schedules / 20, int.MaxValue);
        Assert.InRange(tooOld, Schedules, int.MaxValue);
    }

    private static GroupRig Run(Random random)
    {
        int members = random.Next(2, 5);
        var rig = new GroupRig(members, maxChunks: random.Next(1, 4), chunks: random.Next(6, 12), keep: () => random.Next(4));
        ParkedThread[] threads = [.. Enumerable.Range(0, members).Select(member => rig.Thread(
            member, Datagrams(rig.Feed, member, random), random.Next(1, 8), [.. Points.Where(_ => random.Next(4) > 0)]))];
        // Some threads hardly get to run: those are the slow members, and the suspended ones.
        int[] weights = [.. threads.Select(_ => random.Next(3) switch { 0 => 1, 1 => 8, _ => 40 })];
        while (!Array.TrueForAll(threads, thread => thread.Ended))
        {
            ParkedThread[] chosen = Choose(threads, weights, random);
            // Several at once run side by side to their next points.
            foreach (ParkedThread thread in chosen) thread.LetGo();
            foreach (ParkedThread thread in chosen) thread.WaitUntilParked();
        }
        return rig;
    }

    private static ParkedThread[] Choose(ParkedThread[] threads, int[] weights, Random random)
    {
        int[] running = [.. Enumerable.Range(0, threads.Length).Where(at => !threads[at].Ended)];
        int at = random.Next(running.Sum(one => weights[one]));
        int first = running.First(one => (at -= weights[one]) < 0);
        return [.. running.Where(one => one == first || random.Next(6) == 0).Select(one => threads[one])];
    }

    // Ten chunks, some heaps lost, neighbours swapped, a jump now and then.
    private static byte[][] Datagrams(GroupFeed feed, int member, Random random)
    {
        long[] batches = [.. Enumerable.Range(0, 10 * GroupFeed.BatchesPerChunk).Select(batch => (long)batch)
            .Where(_ => random.Next(8) > 0)];
        for (int at = 1; at < batches.Length; at++)
        {
            if (random.Next(5) == 0) (batches[at - 1], batches[at]) = (batches[at], batches[at - 1]);
        }
        return [.. batches.SelectMany(batch => feed.Heap(member, batch)).Where(_ => random.Next(40) > 0)];
    }
}
