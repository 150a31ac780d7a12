using Recv.Native;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

[Collection(AloneCollection.Name)]
public sealed class UdpWaitTests
{
    [Fact]
    public void TheNapFollowsTheBufferThatWasGranted() => HostThreads.AsOrdinaryUser(() =>
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { BufferBytes = 1_000_000_000 });
        Assert.Equal(Napping.MicrosecondsFor(fixture.Source.Status.BufferGrantedBytes), fixture.Udp.Status.NapMicroseconds);
    });

    [Fact]
    public void ANapThatTheUserNamedIsTaken()
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { NapMicroseconds = 77 });
        Assert.Equal(77, fixture.Udp.Status.NapMicroseconds);
    }

    [Theory]
    [InlineData(WaitPolicy.Block)]
    [InlineData(WaitPolicy.Spin)]
    public void OtherPoliciesDoNotNap(WaitPolicy policy)
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Wait = policy });
        Assert.Equal(0, fixture.Udp.Status.NapMicroseconds);
    }

    [HostFact(HostNeed.BusyPolling)]
    public void BusyPollingIsRefusedToAnOrdinaryUserWithTheLineThatGivesIt() => HostThreads.AsOrdinaryUser(() =>
    {
        using UdpSource source = UdpFixture.Make("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.BusyPoll });
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.Contains("Wait busy-poll needs CAP_NET_ADMIN", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Capabilities.GrantCommand, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    });

    [Fact]
    public void ASpinningReceiveEndsAfterItsTime()
    {
        using UdpSource source = new(
            SourceAddress.ParseList($"127.0.0.1:{LoopbackSender.FreePort()}"), UdpFixture.Ordinary with { Wait = WaitPolicy.Spin });
        source.Open();
        Assert.Equal(0, source.Receive(new Datagram[1], wait: true));
    }

    [Theory]
    [InlineData(WaitPolicy.Nap)]
    [InlineData(WaitPolicy.Block)]
    [InlineData(WaitPolicy.Spin)]
    public void ADatagramThatCameBeforeTheWakeIsStillGiven(WaitPolicy policy)
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Wait = policy, NapMicroseconds = 100 });
        fixture.Feed([[7]]);
        fixture.Source.Wake();
        var batch = new Datagram[1];
        // The wake may end one wait before the datagram is looked for.
        int got = fixture.Source.Receive(batch, wait: true);
        if (got == 0) got = fixture.Source.Receive(batch, wait: true);
        Assert.Equal(1, got);
        Assert.Equal(7, batch[0].Span[0]);
    }

    [Fact]
    public void ACallAsksForAsManyMessagesAsFitTheCacheAtTheLengthOfTheLastOnes()
    {
        // A megabyte: 16 messages of unknown length, 17 of 60,000 bytes, and all 64 that there is room for when they are short.
        using UdpFixture fixture = new("127.0.0.1");
        Assert.Equal(16, FeedAndReceive(fixture, count: 20, bytes: 100));
        Assert.Equal(4, FeedAndReceive(fixture, count: 0, bytes: 0));
        Assert.Equal(64, FeedAndReceive(fixture, count: 64, bytes: 100));
        Assert.Equal(1, FeedAndReceive(fixture, count: 1, bytes: 60_000));
        Assert.Equal(17, FeedAndReceive(fixture, count: 20, bytes: 100));
    }

    [Theory]
    [InlineData(WaitPolicy.Nap)]
    [InlineData(WaitPolicy.Block)]
    [InlineData(WaitPolicy.Spin)]
    public void DatagramsOfSeveralSocketsAllComeAndAWakeEndsTheWaitForThem(WaitPolicy policy)
    {
        using UdpFixture fixture = new("127.0.0.1,127.0.0.2,127.0.0.3", UdpFixture.Ordinary with { Wait = policy, NapMicroseconds = 100 });
        for (int round = 0; round < 20; round++)
        {
            byte[][] sent = [.. Enumerable.Range(0, 9).Select(i => new byte[] { (byte)(i % 3), (byte)i })];
            fixture.Feed(sent);
            Assert.Equal(sent.OrderBy(datagram => datagram[0]), ReceiveCopies(fixture, 9).OrderBy(datagram => datagram[0]));
        }
        fixture.Source.Wake();
        Assert.Equal(0, fixture.Source.Receive(new Datagram[1], wait: true));
    }

    // Copies, because the buffers of one socket are used again for the next.
    private static List<byte[]> ReceiveCopies(UdpFixture fixture, int count)
    {
        List<byte[]> all = [];
        var batch = new Datagram[2];
        while (all.Count < count)
        {
            int got = fixture.Source.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, got)) all.Add(datagram.Span.ToArray());
        }
        return all;
    }

    private static int FeedAndReceive(UdpFixture fixture, int count, int bytes)
    {
        for (int i = 0; i < count; i++) fixture.Feed([new byte[bytes]]);
        return fixture.Source.Receive(new Datagram[fixture.Source.MaxBatch], wait: false);
    }
}
