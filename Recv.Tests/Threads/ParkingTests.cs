using Recv.Tests.Support.Memory;
using Recv.Threads;

namespace Recv.Tests.Threads;

public sealed class ParkingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Parking _parking = new();
    private int _come;

    [Fact]
    public void WhatIsThereIsNotWaitedFor() => Assert.True(_parking.WaitUntil(() => true));

    [Fact]
    public void WaitWithALimitEndsWithoutAWakeUp()
    {
        Assert.False(_parking.WaitUntil(() => false, milliseconds: 0));
        Assert.False(_parking.WaitUntil(() => false, milliseconds: 5));
        Assert.False(_parking.IsOccupied);
    }

    [Fact]
    public void AllWhoWaitAreWoken()
    {
        Thread[] waiting = [.. Enumerable.Range(0, 3).Select(_ => Start(() => _parking.WaitUntil(() => Volatile.Read(ref _come) == 1)))];
        Assert.True(SpinWait.SpinUntil(() => _parking.IsOccupied, Patience));
        Volatile.Write(ref _come, 1);
        _parking.Wake();
        Assert.All(waiting, thread => Assert.True(thread.Join(Patience)));
        Assert.False(_parking.IsOccupied);
    }

    [Fact]
    public void WakeUpForNothingIsSleptThrough()
    {
        int looks = 0;
        Thread waiting = Start(() => _parking.WaitUntil(() => Interlocked.Increment(ref looks) > 0 && Volatile.Read(ref _come) == 1));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref looks) > 0, Patience));
        _parking.Wake();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref looks) > 1, Patience));
        Assert.True(waiting.IsAlive);
        Volatile.Write(ref _come, 1);
        _parking.Wake();
        Assert.True(waiting.Join(Patience));
    }

    // Each waits for the other's number, so it is at every point of its wait when the number comes.
    [Fact]
    public void NoWakeUpIsLostHoweverTwoThreadsMeet()
    {
        const int Turns = 20_000;
        var answers = new Parking();
        int asked = 0, answered = 0;
        Thread other = Start(() =>
        {
            for (int turn = 1; turn <= Turns; turn++)
            {
                int expected = turn;
                _parking.WaitUntil(() => Volatile.Read(ref asked) == expected);
                Volatile.Write(ref answered, turn);
                answers.Wake();
            }
        });
        for (int turn = 1; turn <= Turns; turn++)
        {
            int expected = turn;
            Volatile.Write(ref asked, turn);
            _parking.Wake();
            Assert.True(answers.WaitUntil(() => Volatile.Read(ref answered) == expected, (int)Patience.TotalMilliseconds));
        }
        Assert.True(other.Join(Patience));
    }

    [Fact]
    public void NeitherWaitingNorWakingAllocates()
    {
        Func<bool> hasCome = () => Volatile.Read(ref _come) == 1;
        long waited = -1;
        bool warm = false;
        Thread waiting = Start(() =>
        {
            _parking.WaitUntil(hasCome, milliseconds: 1);
            Volatile.Write(ref warm, true);
            waited = Allocations.Of(() => _parking.WaitUntil(hasCome));
        });
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref warm) && _parking.IsOccupied, Patience));
        Volatile.Write(ref _come, 1);
        Assert.Equal(0, Allocations.Of(_parking.Wake));
        Assert.True(waiting.Join(Patience));
        Assert.Equal(0, waited);
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
