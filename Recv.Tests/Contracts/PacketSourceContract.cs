using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>What every source keeps; a new source inherits this suite.</summary>
public abstract class PacketSourceContract
{
    // What an ordinary user's socket buffer (212992 bytes asked) holds of small datagrams, with room to spare.
    private const int Burst = 64;

    /// <summary>An open source that will give <paramref name="datagrams"/>, as far as they are fed.</summary>
    protected abstract SourceFixture Open(byte[][] datagrams);

    [ContractFact]
    public void DatagramsComeInOrderAndWhole()
    {
        byte[][] sent = Patterned(500, index => index * 37 % 1400 + 1);
        using SourceFixture fixture = Open(sent);
        Assert.Equal(sent, ReceiveInBursts(fixture, sent, fixture.Source.MaxBatch));
    }

    [ContractFact]
    public void DatagramsBeyondTheSpanComeWithTheNextCall()
    {
        byte[][] sent = Patterned(Burst, index => index + 1);
        using SourceFixture fixture = Open(sent);
        Assert.Equal(sent, ReceiveInBursts(fixture, sent, 3));
    }

    [ContractFact]
    public void ABatchIsNeverLargerThanItSays()
    {
        byte[][] sent = Patterned(300, _ => 10);
        using SourceFixture fixture = Open(sent);
        fixture.Feed(sent);
        Datagram[] batch = new Datagram[fixture.Source.MaxBatch + 10];
        int most = 0;
        for (int got = 0; got < sent.Length;)
        {
            int count = ReceiveSome(fixture.Source, batch);
            fixture.Source.Release();
            most = Math.Max(most, count);
            got += count;
        }
        Assert.InRange(most, 1, fixture.Source.MaxBatch);
    }

    [ContractFact]
    public void ABatchIsLentUntilItIsReleased()
    {
        byte[][] sent = Patterned(2 * Burst, index => index + 500);
        using SourceFixture fixture = Open(sent);
        fixture.Feed(sent.AsSpan(0, Burst));
        Datagram[] batch = new Datagram[Burst];
        int count = ReceiveSome(fixture.Source, batch);
        fixture.Feed(sent.AsSpan(Burst));
        Assert.Equal(sent[..count], batch[..count].Select(datagram => datagram.Span.ToArray()));
        fixture.Source.Release();
    }

    [ContractFact]
    public void ADatagramWithoutBytesIsADatagram()
    {
        byte[][] sent = [[1], [], [], [2, 3], []];
        using SourceFixture fixture = Open(sent);
        Assert.Equal(sent, ReceiveInBursts(fixture, sent, 10));
    }

    [ContractFact]
    public void AGoodDatagramHasNoFlaw()
    {
        byte[][] sent = Patterned(20, index => index);
        using SourceFixture fixture = Open(sent);
        fixture.Feed(sent);
        Datagram[] batch = new Datagram[20];
        int count = ReceiveSome(fixture.Source, batch);
        Assert.All(batch[..count], datagram => Assert.Equal(Outcome.None, datagram.Flaw));
    }

    [ContractFact]
    public void AnEmptySourceGivesNothingAtOnceWhenNotAskedToWait()
    {
        using SourceFixture fixture = Open([]);
        Assert.Equal(0, fixture.Source.Receive(new Datagram[4], wait: false));
    }

    [ContractFact]
    public void AWakeMakesAWaitingReceiveReturn()
    {
        // The fixtures make the wait so long that only the wake can end it in time.
        using SourceFixture fixture = Open([]);
        int given = -1;
        using ManualResetEventSlim about = new();
        Thread receiver = new(() =>
        {
            about.Set();
            given = fixture.Source.Receive(new Datagram[4], wait: true);
        })
        { IsBackground = true };
        receiver.Start();
        about.Wait();
        fixture.Source.Wake();
        Assert.True(receiver.Join(TimeSpan.FromSeconds(20)), "Receive went on waiting");
        Assert.Equal(0, given);
    }

    [ContractFact]
    public async Task AWakeIsNotLostWhenNobodyWaitsYet()
    {
        using SourceFixture fixture = Open([]);
        fixture.Source.Wake();
        Task<int> receive = Task.Run(() => fixture.Source.Receive(new Datagram[4], wait: true));
        Assert.Equal(0, await receive.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [ContractFact]
    public void WhereNothingWasLostNothingIsReported()
    {
        byte[][] sent = Patterned(Burst, _ => 100);
        using SourceFixture fixture = Open(sent);
        Assert.Equal(sent, ReceiveInBursts(fixture, sent, fixture.Source.MaxBatch));
        fixture.Source.ReadDrops();
        SourceStatus status = fixture.Source.Status;
        Assert.Equal((0, 0, null), (status.DroppedBefore, status.ReceiveErrors, status.LastReceiveError));
        Assert.Equal((null, null), (fixture.Source.Failure, fixture.Source.Damage));
    }

    [ContractFact]
    public void SourceThatCouldBeOpenedForesaysNoRefusal()
    {
        using SourceFixture fixture = Open([]);
        Assert.Empty(fixture.Source.ForeseeRefusals());
    }

    [ContractFact]
    public void RemarksAndWarningsAreLinesWithoutAFullStop()
    {
        using SourceFixture fixture = Open([]);
        Assert.All(fixture.Source.Remarks.Concat(fixture.Source.Warnings), line => Assert.Matches(@"^[^\n]+[^.\n]$", line));
    }

    [ContractFact]
    public void SourceWithoutARingHasNoDropsOfOne()
    {
        using SourceFixture fixture = Open([]);
        SourceStatus status = fixture.Source.Status;
        Assert.True(status.HasRing || status.RingDropped == 0);
    }

    [ContractFact]
    public void SourceThatIsNotLiveEndsByItself()
    {
        using SourceFixture fixture = Open([[1]]);
        if (fixture.Source.IsLive) return;
        Assert.True(fixture.CanEnd);
        Assert.Empty(fixture.Source.LocalEndpoints);
    }

    [ContractFact]
    public void TheEndComesAfterTheLastDatagramAndNotBefore()
    {
        byte[][] sent = Patterned(10, _ => 100);
        using SourceFixture fixture = Open(sent);
        Assert.False(fixture.Source.Ended);
        Assert.Equal(sent, ReceiveInBursts(fixture, sent, 4));
        fixture.End();
        if (fixture.CanEnd) Assert.Equal(0, fixture.Source.Receive(new Datagram[4], wait: false));
        Assert.Equal(fixture.CanEnd, fixture.Source.Ended);
    }

    [ContractFact]
    public void ReceivingAllocatesNothing()
    {
        byte[][] sent = Patterned(5000, index => index % 700);
        using SourceFixture fixture = Open(sent);
        Datagram[] batch = new Datagram[fixture.Source.MaxBatch];
        // Nothing is there, so this goes all the way to the system call that waits: its first call allocates, as the first of any does.
        fixture.Source.Wake();
        fixture.Source.Receive(batch, wait: true);
        fixture.Source.Release();
        var allocated = new List<long>();
        for (int at = 0; at < sent.Length; at += 50)
        {
            fixture.Feed(sent.AsSpan(at, 50));
            long bytes = Allocations.Of(() =>
            {
                for (int got = 0; got < 50 && !fixture.Source.Ended;)
                {
                    got += fixture.Source.Receive(batch, wait: true);
                    fixture.Source.Release();
                }
            });
            // The first round pays for compiling.
            if (at > 0) allocated.Add(bytes);
        }
        Assert.All(allocated, bytes => Assert.Equal(0, bytes));
    }

    [ContractFact]
    public void DisposingTwiceIsFineAndNothingComesAfterwards()
    {
        byte[][] sent = Patterned(10, _ => 100);
        using SourceFixture fixture = Open(sent);
        fixture.Feed(sent);
        fixture.Source.Dispose();
        fixture.Source.Dispose();
        fixture.Source.Wake();
        Assert.Equal(0, fixture.Source.Receive(new Datagram[4], wait: true));
        Assert.True(fixture.Source.Ended);
    }

    /// <summary>Datagrams whose bytes tell their number, so that a mix-up shows.</summary>
    protected static byte[][] Patterned(int count, Func<int, int> length) =>
        [.. Enumerable.Range(0, count).Select(index => Pattern(index, length(index)))];

    private static byte[] Pattern(int index, int length)
    {
        byte[] bytes = new byte[length];
        new Random(index).NextBytes(bytes);
        return bytes;
    }

    private static List<byte[]> ReceiveInBursts(SourceFixture fixture, byte[][] sent, int span)
    {
        List<byte[]> received = [];
        Datagram[] batch = new Datagram[span];
        for (int at = 0; at < sent.Length; at += Burst)
        {
            byte[][] burst = sent[at..Math.Min(at + Burst, sent.Length)];
            fixture.Feed(burst);
            while (received.Count < at + burst.Length)
            {
                int count = ReceiveSome(fixture.Source, batch);
                foreach (Datagram datagram in batch.AsSpan(0, count)) received.Add(datagram.Span.ToArray());
                fixture.Source.Release();
            }
        }
        return received;
    }

    private static int ReceiveSome(IPacketSource source, Datagram[] batch)
    {
        for (long until = Environment.TickCount64 + 20_000; Environment.TickCount64 < until;)
        {
            int count = source.Receive(batch, wait: true);
            if (count > 0) return count;
        }
        Assert.Fail("datagrams are missing");
        return 0;
    }
}
