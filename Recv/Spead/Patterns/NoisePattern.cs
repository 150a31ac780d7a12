using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recv.Spead.Patterns;

/// <summary>
/// White noise: word i of a heap is splitmix64 of (key + (i + 1) × 0x9E3779B97F4A7C15), little-endian, the last word
/// cut. The key is mix(mix(mix(seed) + timestamp) + source), mix being splitmix64's finaliser.
/// </summary>
/// <remarks>
/// Counter mode: no table, no state, any length, and each heap differs from every other, so that misplaced data is
/// found as well.
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
public sealed class NoisePattern(ulong seed) : PayloadPattern
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong MixA = 0xBF58476D1CE4E5B9;
    private const ulong MixB = 0x94D049BB133111EB;

    private readonly byte[] _scratch = new byte[BlockBytes];
    private readonly ulong _seedKey = Mix(seed);

    /// <inheritdoc/>
    public override void Fill(long timestamp, int source, Span<byte> payload) => Words(Key(timestamp, source), payload);

    /// <inheritdoc/>
    public override int FirstMismatch(long timestamp, int source, ReadOnlySpan<byte> payload)
    {
        ulong counter = Key(timestamp, source);
        for (int at = 0; at < payload.Length; at += BlockBytes)
        {
            int length = Math.Min(BlockBytes, payload.Length - at);
            Span<byte> expected = _scratch.AsSpan(0, length);
            Words(counter, expected);
            int wrong = FirstDifference(expected, payload.Slice(at, length));
            if (wrong >= 0) return at + wrong;
            unchecked
            {
                counter += BlockBytes / sizeof(ulong) * Golden;
            }
        }
        return -1;
    }

    /// <summary>splitmix64's finaliser: a good hash of 64 bits to 64 bits.</summary>
    internal static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ z >> 30) * MixA;
            z = (z ^ z >> 27) * MixB;
            return z ^ z >> 31;
        }
    }

    private ulong Key(long timestamp, int source)
    {
        unchecked
        {
            return Mix(Mix(_seedKey + (ulong)timestamp) + (ulong)source);
        }
    }

    private static void Words(ulong counter, Span<byte> payload)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        int done = WideWords(counter, words);
        unchecked
        {
            counter += (ulong)done * Golden;
            for (; done < words.Length; done++) words[done] = Mix(counter += Golden);
            ulong last = Mix(counter + Golden);
            foreach (ref byte rest in payload[(words.Length * sizeof(ulong))..])
            {
                rest = (byte)last;
                last >>= 8;
            }
        }
    }

    // The JIT turns Vector512 into halves where there is no AVX-512; the result is the same bytes.
    private static int WideWords(ulong counter, Span<ulong> words)
    {
        Vector512<ulong> numbers = Vector512<ulong>.Indices + Vector512<ulong>.One;
        Vector512<ulong> lanes = Vector512.Create(counter) + numbers * Vector512.Create(Golden);
        Vector512<ulong> step = Vector512.Create(unchecked((ulong)Vector512<ulong>.Count * Golden));
        Vector512<ulong> mixA = Vector512.Create(MixA);
        Vector512<ulong> mixB = Vector512.Create(MixB);
        int at = 0;
        for (; at <= words.Length - Vector512<ulong>.Count; at += Vector512<ulong>.Count)
        {
            Vector512<ulong> z = lanes;
            z = (z ^ z >>> 30) * mixA;
            z = (z ^ z >>> 27) * mixB;
            (z ^ z >>> 31).CopyTo(words[at..]);
            lanes += step;
        }
        return at;
    }
}
