using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Streams.Time;
using Recv.Tests.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Time;

/// <summary>What the time policies promise, kept by a group of two members on two multicast groups: each receives a polarisation.</summary>
[Collection(AloneCollection.Name)]
public sealed class TimeOverSocketsTests : IDisposable
{
    private const int HeapSamples = 512;
    private const int ChunkBatches = 4;
    private const long ChunkStep = HeapSamples * ChunkBatches;
    private const long Wrap = 1L << 48;
    private const int Chunks = 6;
    private const int Heaps = Chunks * ChunkBatches;

    private readonly KeepingSink _sink = new();
    private long _heapCnt;

    public void Dispose() => _sink.Dispose();

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AWrapIsNoJump()
    {
        using Receiver receiver = Start(TimePolicy.Resync);
        long first = Wrap - 3 * ChunkStep;
        Send(receiver, 0, Heaps, at => first + at);
        Stop(receiver);

        Assert.Equal(Enumerable.Range(0, Chunks).Select(i => first / ChunkStep + i), _sink.Ids);
        Assert.All(receiver.Snapshots, member => Assert.Equal(Heaps, member[Outcome.Delivered]));
        Assert.Equal(0, receiver.Time.Resyncs);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void HeldTimeDoesNotGoOnAcrossTheWrap()
    {
        using Receiver receiver = Start(TimePolicy.Hold);
        Send(receiver, 0, Heaps, at => Wrap - 3 * ChunkStep + at);
        Stop(receiver);

        Assert.All(receiver.Snapshots, member => Assert.Equal((Heaps / 2, Heaps / 2), (member[Outcome.Delivered], member[Outcome.TooOld])));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AWildPacketAndAMemberThatJumpsAloneMoveNothing()
    {
        using Receiver receiver = Start(TimePolicy.Resync);
        Send(receiver, 0, Heaps, at => 100 * ChunkStep + at, Heap(7_000_000 * ChunkStep, 0));
        // Member 1 alone is elsewhere from now on.
        Send(receiver, Heaps, 2 * Heaps, at => 100 * ChunkStep + at, member1: at => 9_000_000 * ChunkStep + at);
        Stop(receiver);

        Assert.Equal(Enumerable.Range(100, 2 * Chunks).Select(id => (long)id), _sink.Ids);
        Assert.Equal((2 * Heaps, 1), (receiver.Snapshots[0][Outcome.Delivered], receiver.Snapshots[0][Outcome.TimeJump]));
        Assert.Equal((Heaps, Heaps), (receiver.Snapshots[1][Outcome.Delivered], receiver.Snapshots[1][Outcome.TimeJump]));
        Assert.Equal(0, receiver.Time.Resyncs);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AResetOfTheClockIsFollowedByTheWholeGroupOnce()
    {
        using Receiver receiver = Start(TimePolicy.Resync);
        Send(receiver, 0, Heaps, at => 1_000_000 * ChunkStep + at);
        Send(receiver, Heaps, 2 * Heaps, at => at);
        Stop(receiver);

        Assert.Equal(1, receiver.Time.Resyncs);
        Assert.Equal(Enumerable.Range(1_000_000, Chunks).Select(id => (long)id), _sink.Ids.Take(Chunks));
        Assert.Equal([2 * Chunks - 2, 2 * Chunks - 1], _sink.Ids.TakeLast(2));
        Assert.All(receiver.Snapshots,
            member => Assert.InRange(member[Outcome.TimeJump], TimeVote.AgreeingHeaps - 1, TimeVote.AgreeingHeaps));
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen - member[Outcome.TimeJump], member[Outcome.Delivered]));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void TimeExitEndsTheReceiverAtAReset()
    {
        using Receiver receiver = Start(TimePolicy.Exit);
        Send(receiver, 0, Heaps, at => 1_000_000 * ChunkStep + at);
        Send(receiver, Heaps, Heaps + TimeVote.AgreeingHeaps, at => at);
        Eventually.Returns(receiver.Wait, "a receiver that a jump ends");

        Assert.Equal(RecvException.Loss, Assert.IsType<RecvException>(receiver.Failure).ExitCode);
        // That is what was asked for: no thread died.
        Assert.StartsWith("the time of the feed jumped from chunk ", Readiness.Fault(receiver), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1_000_000, Chunks).Select(id => (long)id), _sink.Ids);
        Assert.All(receiver.Snapshots, member => Assert.Equal(0, member.InFlight));
    }

    private Receiver Start(TimePolicy policy)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-digitiser",
            new Dictionary<string,
                string>
            { ["heap_samples"] = $"{HeapSamples}", ["sample_bits"] = "8", ["chunk_samples"] = $"{ChunkStep}" },
            new Dictionary<string, string>());
        var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, 2)
                .Select(member => new ReceiverInput(
                new UdpSource(SourceAddress.ParseList($"239.255.71.{70 + member}:{LoopbackSender.FreePort()}?if=lo"), UdpFixture.Ordinary),
                    layout.Instance))],
            Sinks = [_sink],
            Overrun = OverrunPolicy.Block,
            Time = policy,
        });
        receiver.Start();
        return receiver;
    }

    // Heap by heap, one polarisation after the other, each received before the next is sent.
    private void Send(Receiver receiver, int first, int end, Func<long, long> member0, byte[]? wild = null, Func<long,
        long>? member1 = null)
    {
        UdpSource[] sources = [.. receiver.Sources.Cast<UdpSource>()];
        using LoopbackSender to0 = new(sources[0].LocalEndpoints[0]), to1 = new(sources[1].LocalEndpoints[0]);
        if (wild is not null && first == 0)
        {
            // In the middle of what is known to be right.
            Send(receiver, 0, Heaps / 2, member0);
            SendOne(receiver, 0, to0, wild);
            first = Heaps / 2;
        }
        for (int heap = first; heap < end; heap++)
        {
            SendOne(receiver, 0, to0, Heap(member0((long)heap * HeapSamples), 0));
            SendOne(receiver, 1, to1, Heap((member1 ?? member0)((long)heap * HeapSamples), 1));
        }
    }

    private static void SendOne(Receiver receiver, int member, LoopbackSender sender, byte[] packet)
    {
        long seen = receiver.Snapshots[member].Seen;
        if (receiver.Time.Failure is not null) return;
        sender.Send(packet);
        Eventually.Holds(() => receiver.Snapshots[member].Seen > seen
            || receiver.Time.Failure is not null, "what was sent has been received");
    }

    private static void Stop(Receiver receiver)
    {
        receiver.RequestStop();
        Eventually.Returns(receiver.Wait, "a stop");
        Assert.Null(receiver.Failure);
    }

    private byte[] Heap(long timestamp, int pol) => new PacketBuilder()
        .Control(_heapCnt++, HeapSamples, 0, HeapSamples)
        .Immediate(PacketBuilder.TimestampId, timestamp & (Wrap - 1))
        .Immediate(PacketBuilder.DigitiserIdId, pol)
        .Payload(new byte[HeapSamples])
        .Build();
}
