namespace Recv.Tests.Support.Memory;

/// <summary>The measurement that other tests trust.</summary>
public sealed class AllocationsTests
{
    private object _kept = new();

    [Fact]
    public void OneSmallObjectInALotOfWorkIsSeen()
    {
        Action work = () =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                if (i == 77_777) _kept = new object();
            }
        };
        work();
        for (int repeat = 0; repeat < 20; repeat++) Assert.NotEqual(0, Allocations.Of(work));
        Assert.NotNull(_kept);
    }

    [Fact]
    public void CollectionsOfAnyKindInBetweenCountNothing()
    {
        Action work = () =>
        {
            GC.Collect(0);
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            for (int i = 0; i < 1000; i++) Thread.Yield();
            GC.Collect(1);
        };
        work();
        for (int repeat = 0; repeat < 20; repeat++)
        {
            // A rest that could be taken away, were it not for the measurement's own collection.
            _kept = new byte[100];
            Assert.Equal(0, Allocations.Of(work));
        }
    }
}
