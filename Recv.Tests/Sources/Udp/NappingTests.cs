using Recv.Sources.Udp;

namespace Recv.Tests.Sources.Udp;

public sealed class NappingTests
{
    private const int Many = 5;

    [Fact]
    public void NappingGoesOnWhileNapsFindSeveralMessages()
    {
        var napping = new Napping(100);
        Assert.All(Enumerable.Repeat(Many, 100), messages => Assert.True(napping.IsDue(messages)));
    }

    [Fact]
    public void WithoutALengthItNeverNaps()
    {
        var napping = new Napping(0);
        Assert.All(Enumerable.Repeat(Many, 100), messages => Assert.False(napping.IsDue(messages)));
    }

    [Fact]
    public void NapsThatFindNothingBecomeRareButDoNotEnd()
    {
        var napping = new Napping(100);
        int[] naps = [.. Enumerable.Range(0, 2000).Where(_ => NapsInVain(napping))];
        // The skipped waits double from nap to nap up to 63.
        Assert.Equal([0, 2, 6, 14, 30, 62, 126, 190], naps[..8]);
        Assert.All(naps[8..].Zip(naps[7..]), pair => Assert.Equal(64, pair.First - pair.Second));
    }

    [Fact]
    public void ANapThatFindsOneMessageIsNotWorthIt()
    {
        var napping = new Napping(100);
        Assert.True(napping.IsDue(1));
        Assert.False(napping.IsDue(1));
    }

    [Fact]
    public void OneNapThatPaysMakesItNapAgainAtOnce()
    {
        var napping = new Napping(100);
        for (int i = 0; i < 1000; i++) NapsInVain(napping);
        Assert.Contains(true, Enumerable.Range(0, 64).Select(_ => napping.IsDue(1)));
        Assert.All(Enumerable.Repeat(Many, 100), messages => Assert.True(napping.IsDue(messages)));
    }

    // 416 KiB is what net.core.rmem_max gives an ordinary user; the kernel counts double.
    [Theory]
    [InlineData(425_984, 0)]
    [InlineData(1 << 20, 52)]
    [InlineData(4 << 20, 209)]
    [InlineData(8 << 20, 419)]
    [InlineData(64 << 20, 500)]
    [InlineData(int.MaxValue, 500)]
    [InlineData(1, 0)]
    public void TheFastestFeedFillsAQuarterOfTheBufferDuringANapAtMost(long bufferBytes, int microseconds) =>
        Assert.Equal(microseconds, Napping.MicrosecondsFor(bufferBytes));

    private static bool NapsInVain(Napping napping)
    {
        bool due = napping.IsDue(1);
        if (due) napping.FoundNothing();
        return due;
    }
}
