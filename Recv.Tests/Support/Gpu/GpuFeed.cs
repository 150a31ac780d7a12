using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources.Memory;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Support.Gpu;

/// <summary>A digitiser's feed of a few small chunks, as fast as memory gives it, received by a whole receiver.</summary>
internal static class GpuFeed
{
    /// <summary>Chunks of the feed, with the ids 1 to <see cref="Chunks"/>.</summary>
    public const int Chunks = 30;

    /// <summary>Chunks of the pool: two for the window, the others for the sinks.</summary>
    public const int PoolChunks = 6;

    // One packet each.
    private const int ChunkHeaps = 8;

    /// <summary>Datagrams of so many chunks.</summary>
    public static long Datagrams(int chunks) => (long)chunks * ChunkHeaps;

    /// <summary>A receiver of the feed that has not started.</summary>
    public static Receiver Into(OverrunPolicy overrun, params IReadOnlyList<IChunkSink> sinks)
    {
        using var mill = new PacketMill(ModelLayouts.Digitiser, pieces: 1, reversed: false);
        var source = new MemorySource(mill.Take(Chunks).Select(packet => (ReadOnlyMemory<byte>)packet));
        return new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(source, ReceiveCore.LayoutOf(ModelLayouts.Digitiser))],
            Sinks = sinks,
            Chunks = PoolChunks,
            Overrun = overrun,
        });
    }

    /// <summary>The ledger of a receiver that has ended: every datagram has one outcome, and is delivered or has the one that is
    /// named.</summary>
    public static void AssertNamed(Receiver receiver, Outcome lossOnlyBy)
    {
        LedgerSnapshot ledger = receiver.Snapshots[0];
        Assert.Null(receiver.Failure);
        Assert.Equal((Datagrams(Chunks), 0), (ledger.Seen, ledger.InFlight));
        Assert.Equal(ledger.Seen, ledger[Outcome.Delivered] + (lossOnlyBy == Outcome.Delivered ? 0 : ledger[lossOnlyBy]));
    }
}
