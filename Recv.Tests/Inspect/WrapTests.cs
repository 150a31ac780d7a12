using FsCheck.Fluent;
using Recv.Inspect;

namespace Recv.Tests.Inspect;

public sealed class WrapTests
{
    [Fact]
    public void TimesAreAsFarApartAsTheyWereBeforeTheirBitsWereCut()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Elements(8, 40, 48, 56).SelectMany(bits => Gen.Choose(0, int.MaxValue).SelectMany(start => Gen.Choose(-100, 1000).ListOf(50)
                .Select(steps => (Bits: bits, Start: start, Steps: steps.ToArray())))).ToArbitrary(),
            ((int Bits, int Start, int[] Steps) clock) =>
            {
                long range = 1L << clock.Bits;
                // From somewhere in the range on, forward by up to a twentieth of it, and back by less.
                var times = new List<long> { (long)(clock.Start / (double)int.MaxValue * range) };
                foreach (int step in clock.Steps) times.Add(times[^1] + range / 20 * step / 1000);
                long[][] samples = [.. times.Select(time => new[] { time & range - 1 })];
                (long[] unwrapped, IReadOnlyList<Wrap> wraps) = Wrap.Unwrap(samples, 0, clock.Bits);
                long shift = unwrapped[0] - times[0];
                return unwrapped.Min() >= 0 && shift % range == 0
                    && times.Select(time => time + shift).SequenceEqual(unwrapped)
                    && wraps.Count == Math.Max(0, (times.Max() >> clock.Bits) - (times[0] >> clock.Bits));
            }));
    }

    [Fact]
    public void AWildTimeIsLeftAsItIsAndMovesNothing()
    {
        long range = 1L << 48;
        long[] times = [range - 1024, range - 512, range / 3, 2 * range / 3, 0, 512, range / 2, 1024];
        (long[] unwrapped, IReadOnlyList<Wrap> wraps) = Wrap.Unwrap([.. times.Select(time => new[] { time })], 0, 48);
        Assert.Equal([range - 1024, range - 512, range / 3, 2 * range / 3, range, range + 512, range + range / 2, range + 1024], unwrapped);
        Assert.Equal(new Wrap(4, range - 512, 0), Assert.Single(wraps));
    }

    [Fact]
    public void AClockThatWasSetIsFollowedFromThereOn()
    {
        long range = 1L << 48;
        // Set to just before the end, far from where it was.
        IEnumerable<long> before = Enumerable.Range(0, 20).Select(n => range / 4 + n * 512);
        IEnumerable<long> after = Enumerable.Range(0, 40).Select(n => (range - 20 * 512 + n * 512) % range);
        (long[] unwrapped, IReadOnlyList<Wrap> wraps) = Wrap.Unwrap([.. before.Concat(after).Select(time => new[] { time })], 0, 48);
        Assert.Equal(new Wrap(40, range - 512, 0), Assert.Single(wraps));
        Assert.Equal([.. before, .. after.Take(20), .. after.Skip(20).Select(time => time + range)], unwrapped);
    }
}
