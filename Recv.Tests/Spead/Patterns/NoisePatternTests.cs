using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Recv.Spead.Patterns;

namespace Recv.Tests.Spead.Patterns;

public class NoisePatternTests
{
    [Fact]
    public void WordsAreSplitmix64InCounterModeWhateverTheLength() => Prop.ForAll(
        Gen.Choose(0, 20000).ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(), (length, source) =>
        {
            byte[] payload = new byte[length];
            new NoisePattern(3).Fill(4096, source, payload);
            ulong key = Mix(Mix(Mix(3) + 4096) + (ulong)source);
            byte[] expected = new byte[(length / 8 + 1) * 8];
            for (int word = 0; word < expected.Length / 8; word++)
                BinaryPrimitives.WriteUInt64LittleEndian(
                    expected.AsSpan(word * 8), Mix(unchecked(key + (ulong)(word + 1) * 0x9E3779B97F4A7C15)));
            Assert.Equal(expected[..length], payload);
            Assert.Equal(-1, new NoisePattern(3).FirstMismatch(4096, source, payload));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void HeapsOfOtherTimesSourcesAndSeedsDiffer()
    {
        byte[] payload = new byte[64];
        new NoisePattern(1).Fill(4096, 0, payload);
        Assert.NotEqual(-1, new NoisePattern(1).FirstMismatch(8192, 0, payload));
        Assert.NotEqual(-1, new NoisePattern(1).FirstMismatch(4096, 1, payload));
        Assert.NotEqual(-1, new NoisePattern(2).FirstMismatch(4096, 0, payload));
    }

    [Fact]
    public void AnyFlippedBitIsFoundWhereItIs() => Prop.ForAll(Gen.Choose(0, 30001 * 8 - 1).ToArbitrary(), bit =>
    {
        byte[] payload = new byte[30001];
        var pattern = new NoisePattern(1);
        pattern.Fill(0, 5, payload);
        payload[bit / 8] ^= (byte)(1 << bit % 8);
        Assert.Equal(bit / 8, pattern.FirstMismatch(0, 5, payload));
    }).QuickCheckThrowOnFailure();

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
