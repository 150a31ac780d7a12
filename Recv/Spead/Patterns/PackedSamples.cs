using System.Runtime.Intrinsics;

namespace Recv.Spead.Patterns;

/// <summary>Samples of 1 to 32 bits, two's complement, packed without gaps, the first in the highest bits.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public static class PackedSamples
{
    private const int GroupSamples = 8;
    private const int GroupBytes = 16;

    /// <summary>Reads the sample at <paramref name="index"/>.</summary>
    public static int Read(ReadOnlySpan<byte> packed, long index, int bits)
    {
        long bit = index * bits;
        ulong window = 0;
        for (int k = 0; k < 5; k++)
        {
            long at = bit / 8 + k;
            window = window << 8 | (at < packed.Length ? packed[(int)at] : 0u);
        }
        return (int)((long)(window << 24 + (int)(bit % 8)) >> 64 - bits);
    }

    /// <summary>Sets the sample at <paramref name="index"/>, whose bits must be 0 before.</summary>
    public static void Write(Span<byte> packed, long index, int bits, int value)
    {
        for (int k = 0; k < bits; k++)
        {
            long bit = index * bits + k;
            if ((value >> bits - 1 - k & 1) != 0) packed[(int)(bit / 8)] |= (byte)(0x80 >> (int)(bit % 8));
        }
    }

    /// <summary>
    /// Samples at or beyond the largest value, in either direction: what a digitiser calls saturated.
    /// </summary>
    public static int CountSaturated(ReadOnlySpan<byte> packed, int bits)
    {
        int limit = Limit(bits);
        long samples = packed.Length * 8L / bits;
        long done = 0;
        int count = bits is >= 2 and <= 16 ? CountInGroups(packed, bits, limit, out done) : 0;
        for (; done < samples; done++)
        {
            int sample = Read(packed, done, bits);
            if (sample >= limit || sample <= -limit) count++;
        }
        return count;
    }

    /// <summary>Counts eight samples at a time: they begin and end with a byte, and take 16 bytes at most.</summary>
    private static int CountInGroups(ReadOnlySpan<byte> packed, int bits, int limit, out long done)
    {
        Span<byte> bytes = stackalloc byte[2 * GroupBytes];
        Span<uint> shifts = stackalloc uint[GroupSamples];
        for (int sample = 0; sample < GroupSamples; sample++)
        {
            // Little-endian lanes, so the first byte of the sample goes to the top; what is beyond the group is not
            // needed.
            for (int k = 0; k < sizeof(uint); k++)
                bytes[sample * sizeof(uint) + 3 - k] = (byte)Math.Min(sample * bits / 8 + k, GroupBytes);
            shifts[sample] = 1u << sample * bits % 8;
        }
        var firstBytes = Vector128.Create<byte>(bytes);
        var lastBytes = Vector128.Create<byte>(bytes[GroupBytes..]);
        var firstShifts = Vector128.Create<uint>(shifts);
        var lastShifts = Vector128.Create<uint>(shifts[(GroupSamples / 2)..]);
        var limits = Vector128.Create(limit);
        Vector128<int> counts = default;
        done = 0;
        for (int at = 0; at <= packed.Length - GroupBytes; at += bits, done += GroupSamples)
        {
            var group = Vector128.Create(packed[at..]);
            Vector128<uint> first = Vector128.Shuffle(group, firstBytes).AsUInt32() * firstShifts;
            Vector128<uint> last = Vector128.Shuffle(group, lastBytes).AsUInt32() * lastShifts;
            // A true comparison is -1.
            counts -= Vector128.GreaterThanOrEqual(Vector128.Abs(first.AsInt32() >> 32 - bits), limits);
            counts -= Vector128.GreaterThanOrEqual(Vector128.Abs(last.AsInt32() >> 32 - bits), limits);
        }
        return Vector128.Sum(counts);
    }

    /// <summary>The largest sample: 511 for 10 bits. A digitiser clips to it in both directions.</summary>
    public static int Limit(int bits) => (int)((1L << bits - 1) - 1);
}
