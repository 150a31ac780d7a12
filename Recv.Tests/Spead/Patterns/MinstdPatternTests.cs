using System.Buffers.Binary;
using Recv.Spead.Patterns;

namespace Recv.Tests.Spead.Patterns;

public class MinstdPatternTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(36)]
    [InlineData(8192)]
    [InlineData(20004)]
    public void NumbersRunOnFromHeapToHeap(int heapBytes)
    {
        var pattern = new MinstdPattern(heapBytes);
        ulong x = 1;
        for (int heapCnt = 1; heapCnt <= 5; heapCnt++)
        {
            byte[] expected = new byte[heapBytes];
            for (int at = 0; at < heapBytes; at += 4)
            {
                x = x * 48271 % 2147483647;
                BinaryPrimitives.WriteUInt32BigEndian(expected.AsSpan(at), (uint)x);
            }
            byte[] payload = new byte[heapBytes];
            pattern.Fill(heapCnt, 0, payload);
            Assert.Equal(expected, payload);
            Assert.Equal(-1, pattern.FirstMismatch(heapCnt, 0, expected));
            expected[heapBytes / 2] ^= 1;
            Assert.Equal(heapBytes / 2, pattern.FirstMismatch(heapCnt, 0, expected));
        }
    }

    [Fact]
    public void FarHeapsFollowFromModularPowers()
    {
        // The order of the multiplier: after so many numbers the sequence begins again.
        byte[] first = new byte[64];
        byte[] again = new byte[64];
        var pattern = new MinstdPattern(2 * sizeof(uint));
        pattern.Fill(1, 0, first);
        pattern.Fill(1 + 2147483646L / 2 * 1000, 0, again);
        Assert.Equal(first, again);
        pattern.Fill(1L << 47, 0, again);
        Assert.NotEqual(first, again);
    }
}
