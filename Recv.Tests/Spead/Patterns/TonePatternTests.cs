using System.Numerics;
using Recv.Spead.Patterns;

namespace Recv.Tests.Spead.Patterns;

public class TonePatternTests
{
    private const int Samples = 512;

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    public void SamplesAreAClippedSineOfTheDocumentedFrequency(int bits)
    {
        var pattern = new TonePattern(0, Samples, bits);
        int limit = (1 << bits - 1) - 1;
        for (int source = 0; source < 2; source++)
        {
            for (int heap = 0; heap < 3; heap++)
            {
                byte[] payload = new byte[Samples * bits / 8];
                pattern.Fill(heap * Samples, source, payload);
                BigInteger packed = new(payload, isUnsigned: true, isBigEndian: true);
                for (int sample = 0; sample < Samples; sample++)
                {
                    int value = (int)(packed >> bits * (Samples - 1 - sample) & (1 << bits) - 1);
                    if (value > limit) value -= 1 << bits;
                    double turns = (double)pattern.Cycles(source) / pattern.PeriodSamples * (heap * Samples + sample);
                    Assert.InRange(Math.Clamp(limit * 1.001 * Math.Sin(2 * Math.PI * turns), -limit, limit) - value, -0.51, 0.51);
                }
            }
        }
    }

    [Fact]
    public void SaturationCountIsThatOfTheSamples()
    {
        var pattern = new TonePattern(5, Samples, 10);
        byte[] payload = new byte[Samples * 10 / 8];
        pattern.Fill(7 * Samples, 1, payload);
        int saturated = Enumerable.Range(0, Samples).Count(k => Math.Abs(PackedSamples.Read(payload, k, 10)) == 511);
        Assert.InRange(saturated, 1, Samples / 4);
        Assert.Equal(saturated, pattern.Saturated(7 * Samples, 1));
    }

    [Fact]
    public void HeapsOfAPeriodAndOfThePolarisationsAllDiffer()
    {
        var pattern = new TonePattern(9, Samples, 10);
        var seen = new HashSet<string>();
        for (int source = 0; source < 2; source++)
        {
            for (int heap = 0; heap < TonePattern.PeriodHeaps; heap++)
            {
                byte[] payload = new byte[Samples * 10 / 8];
                pattern.Fill(heap * Samples, source, payload);
                Assert.True(seen.Add(Convert.ToHexString(payload)));
                Assert.Equal(-1, pattern.FirstMismatch((heap + TonePattern.PeriodHeaps) * Samples, source, payload));
                payload[17] ^= 4;
                Assert.Equal(17, pattern.FirstMismatch(heap * Samples, source, payload));
            }
        }
    }
}
