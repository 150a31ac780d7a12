using System.Buffers.Binary;

namespace Recv.Spead.Patterns;

/// <summary>
/// The payload of <c>spead2_send --verify</c>: 32-bit big-endian numbers x1, x2, … with x1 = 48271 and x(n+1) = 48271 ×
/// x(n) mod 2147483647, running on from heap to heap. The timestamp is the heap cnt, which begins at 1.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class MinstdPattern : PayloadPattern
{
    private const ulong Modulus = int.MaxValue;
    private const ulong Multiplier = 48271;

    // Numbers side by side, each advanced by as many steps: independent chains keep the multiplier busy.
    private const int Lanes = 8;

    private static readonly ulong Stride = Power(Lanes);

    private readonly byte[] _scratch = new byte[BlockBytes];
    private readonly long _heapNumbers;

    /// <summary>The pattern for heaps of <paramref name="heapBytes"/> bytes of data, descriptors not counted.</summary>
    public MinstdPattern(long heapBytes) => _heapNumbers = heapBytes / sizeof(uint);

    /// <inheritdoc/>
    public override void Fill(long timestamp, int source, Span<byte> payload) => Numbers(First(timestamp), payload);

    /// <inheritdoc/>
    public override int FirstMismatch(long timestamp, int source, ReadOnlySpan<byte> payload)
    {
        ulong x = First(timestamp);
        for (int at = 0; at < payload.Length; at += BlockBytes)
        {
            int length = Math.Min(BlockBytes, payload.Length - at);
            Span<byte> expected = _scratch.AsSpan(0, length);
            x = Numbers(x, expected);
            int wrong = FirstDifference(expected, payload.Slice(at, length));
            if (wrong >= 0) return at + wrong;
        }
        return -1;
    }

    // The multiplier generates the whole group, of order Modulus - 1, so exponents count modulo that.
    private ulong First(long heapCnt)
    {
        Int128 before = (Int128)(heapCnt - 1) * _heapNumbers % (Int128)(Modulus - 1);
        if (before < 0) before += Modulus - 1;
        return Power((ulong)before + 1);
    }

    /// <summary>Writes numbers from <paramref name="x"/> on; returns the one that comes next.</summary>
    private static ulong Numbers(ulong x, Span<byte> payload)
    {
        Span<ulong> lanes = stackalloc ulong[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            lanes[lane] = x;
            x = Reduce(x * Multiplier);
        }
        ulong x0 = lanes[0], x1 = lanes[1], x2 = lanes[2], x3 = lanes[3];
        ulong x4 = lanes[4], x5 = lanes[5], x6 = lanes[6], x7 = lanes[7];
        int at = 0;
        for (; at <= payload.Length - Lanes * sizeof(uint); at += Lanes * sizeof(uint))
        {
            Span<byte> numbers = payload.Slice(at, Lanes * sizeof(uint));
            BinaryPrimitives.WriteUInt64BigEndian(numbers, x0 << 32 | x1);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], x2 << 32 | x3);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[16..], x4 << 32 | x5);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[24..], x6 << 32 | x7);
            x0 = Reduce(x0 * Stride);
            x1 = Reduce(x1 * Stride);
            x2 = Reduce(x2 * Stride);
            x3 = Reduce(x3 * Stride);
            x4 = Reduce(x4 * Stride);
            x5 = Reduce(x5 * Stride);
            x6 = Reduce(x6 * Stride);
            x7 = Reduce(x7 * Stride);
        }
        return Rest(x0, payload[at..]);
    }

    private static ulong Rest(ulong x, Span<byte> payload)
    {
        for (; payload.Length >= sizeof(uint); payload = payload[sizeof(uint)..])
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)x);
            x = Reduce(x * Multiplier);
        }
        // spead2_send rounds its items down to whole numbers: a heap with an odd end has nothing there.
        payload.Clear();
        return x;
    }

    // Modulo 2^31 - 1 without a division: the high part counts as much as the low one. Products are below 2^62.
    private static ulong Reduce(ulong product)
    {
        ulong folded = (product & Modulus) + (product >> 31);
        return folded >= Modulus ? folded - Modulus : folded;
    }

    private static ulong Power(ulong exponent)
    {
        ulong result = 1;
        for (ulong factor = Multiplier; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0) result = Reduce(result * factor);
            factor = Reduce(factor * factor);
        }
        return result;
    }
}
