using FsCheck;
using FsCheck.Fluent;
using Recv.Spead.Patterns;

namespace Recv.Tests.Spead.Patterns;

public class PackedSamplesTests
{
    [Fact]
    public void SamplesReadAreThoseWrittenAndTheSaturatedAreCounted() => Prop.ForAll(
        Gen.Choose(2, 16).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(0, 1 << 30).ToArbitrary(), (bits, groups, seed) =>
        {
            var random = new System.Random(seed);
            int limit = (1 << bits - 1) - 1;
            int[] samples = [.. Enumerable.Range(0, groups * 8)
                .Select(_ => random.Next(3) == 0 ? limit * (random.Next(3) - 1) : random.Next(-limit - 1, limit + 1))];
            byte[] packed = new byte[samples.Length * bits / 8];
            for (int k = 0; k < samples.Length; k++) PackedSamples.Write(packed, k, bits, samples[k]);
            Assert.Equal(samples, Enumerable.Range(0, samples.Length).Select(k => PackedSamples.Read(packed, k, bits)));
            Assert.Equal(samples.Count(sample => Math.Abs(sample) >= limit), PackedSamples.CountSaturated(packed, bits));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheFirstSampleIsInTheHighestBits()
    {
        byte[] packed = [0b0111_1111, 0b1110_0000, 0b0001_0000, 0b0000_0111, 0b1111_1111];
        Assert.Equal([511, -511, 1, -1], Enumerable.Range(0, 4).Select(k => PackedSamples.Read(packed, k, 10)));
    }
}
