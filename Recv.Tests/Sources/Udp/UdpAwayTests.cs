using System.Diagnostics;
using Recv.Layouts;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

/// <summary>How long the receive buffer had to last: from one look into a socket to the next, whatever the thread did meanwhile.</summary>
[Collection(AloneCollection.Name)]
public sealed class UdpAwayTests
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(30);

    private static readonly Dictionary<string, string> Small = new() { ["chunk_samples"] = "8192" };

    private readonly Datagram[] _batch = new Datagram[UdpFixture.Ordinary.Messages * 64];

    [Fact]
    public void TimeWithABatchInHandCountsUntilTheNextLook()
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.Block });
        fixture.Feed([[1]]);
        fixture.Source.Receive(_batch, wait: true);
        KeepBusy();
        fixture.Source.Receive(_batch, wait: false);
        Assert.True(fixture.Source.Status.LongestAway >= Busy);
    }

    [Fact]
    public void ANapCountsWithItsOversleeping()
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.Nap, NapMicroseconds = 10_000 });
        fixture.Source.Wake();
        // Looks, naps, looks again, and is woken.
        fixture.Source.Receive(_batch, wait: true);
        Assert.True(fixture.Source.Status.LongestAway >= TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void ASocketThatWaitsItsTurnIsAwayAllThatTime()
    {
        using UdpFixture fixture = new("127.0.0.1,127.0.0.2", UdpFixture.Ordinary with { Wait = WaitPolicy.Block, Messages = 1 });
        // Both are ready, but each call reads one of them.
        fixture.Feed([[1], [2], [1], [2]]);
        fixture.Source.Receive(_batch, wait: true);
        fixture.Source.Receive(_batch, wait: true);
        TimeSpan half = Busy / 2;
        KeepBusy(half);
        fixture.Source.Receive(_batch, wait: true);
        KeepBusy(half);
        fixture.Source.Receive(_batch, wait: true);
        Assert.True(fixture.Source.Status.LongestAway >= Busy);
    }

    [Fact]
    public void AWaitThatADatagramWouldEndIsNotBeingAway()
    {
        const int wait = 200;
        using var source = new UdpSource([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")],
            UdpFixture.Ordinary with { Wait = WaitPolicy.Block })
        { WaitMilliseconds = wait };
        source.Open();
        long since = Stopwatch.GetTimestamp();
        Assert.Equal(0, source.Receive(_batch, wait: true));
        Assert.Equal(0, source.Receive(_batch, wait: true));
        // What is left of the time when the waits are taken off, which never end early.
        Assert.True(source.Status.LongestAway <= Stopwatch.GetElapsedTime(since) - TimeSpan.FromMilliseconds(2 * wait));
    }

    [Fact]
    public void TheMetricIsTheLongestOfAllTheSourcesOfAStream()
    {
        var first = new SourceStatus(LongestAway: Busy);
        Assert.Equal(Busy, new SourceStatus(LongestAway: Busy / 2).After(first).LongestAway);
        Assert.Equal(2 * Busy, new SourceStatus(LongestAway: 2 * Busy).After(first).LongestAway);
    }

    [Fact]
    public void ThePageShowsIt()
    {
        var source = new UdpSource([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")],
            UdpFixture.Ordinary with { Wait = WaitPolicy.Nap, NapMicroseconds = 10_000 });
        using var receiver = new Receiver(
            new ReceiverOptions
            {
                Inputs = [
                new ReceiverInput(source, LayoutCatalog.Resolve("meerkat-digitiser", Small, TestLayout.Nothing).Instance)]
            });
        receiver.Start();
        // A thread that only ever naps is never away with a batch.
        Eventually.Holds(() => ReceiverReadings.Of(receiver).Streams[0].LongestStall >= TimeSpan.FromMilliseconds(10), "a nap shows");
    }

    private static void KeepBusy() => KeepBusy(Busy);

    private static void KeepBusy(TimeSpan time)
    {
        long since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < time) Thread.Yield();
    }
}
