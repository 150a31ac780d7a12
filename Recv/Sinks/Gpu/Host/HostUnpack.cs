using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Host;

/// <summary>Packed samples to float32, by vectors.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe class HostUnpack
{
    private const int GroupSamples = 8;
    private const int GroupBytes = 16;

    /// <summary>Unpacks samples of 2 to 16 bits, a multiple of 4 of them.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<float> samples, int bits)
    {
        fixed (byte* from = packed)
        fixed (float* to = samples)
        {
            long done = InGroups(from, from + packed.Length, to, samples.Length, bits);
            for (; done < samples.Length; done += 4)
            {
                byte* quad = from + done / 4 * (bits / 2);
                ulong word = 0;
                for (int at = 0; at < bits / 2; at++) word |= (ulong)quad[at] << 56 - 8 * at;
                for (int sample = 0; sample < 4; sample++) to[done + sample] = (long)(word << sample * bits) >> 64 - bits;
            }
        }
    }

    // Eight samples begin and end with a byte and take 16 bytes at most: a shuffle brings the four bytes that hold a sample
    // into its lane, first byte on top, and shifts do the rest.
    private static long InGroups(byte* packed, byte* end, float* samples, long count, int bits)
    {
        Span<byte> bytes = stackalloc byte[2 * GroupBytes];
        Span<uint> shifts = stackalloc uint[GroupSamples];
        for (int sample = 0; sample < GroupSamples; sample++)
        {
            for (int k = 0; k < sizeof(uint); k++)
                bytes[sample * sizeof(uint) + 3 - k] = (byte)Math.Min(sample * bits / 8 + k, GroupBytes);
            shifts[sample] = 1u << sample * bits % 8;
        }
        var firstBytes = Vector128.Create<byte>(bytes);
        var lastBytes = Vector128.Create<byte>(bytes[GroupBytes..]);
        var firstShifts = Vector128.Create<uint>(shifts);
        var lastShifts = Vector128.Create<uint>(shifts[(GroupSamples / 2)..]);
        long done = 0;
        for (; done + GroupSamples <= count && packed + GroupBytes <= end; done += GroupSamples, packed += bits)
        {
            var group = Vector128.Load(packed);
            Vector128<uint> first = Vector128.Shuffle(group, firstBytes).AsUInt32() * firstShifts;
            Vector128<uint> last = Vector128.Shuffle(group, lastBytes).AsUInt32() * lastShifts;
            Vector128.ConvertToSingle(first.AsInt32() >> 32 - bits).Store(samples + done);
            Vector128.ConvertToSingle(last.AsInt32() >> 32 - bits).Store(samples + done + GroupSamples / 2);
        }
        return done;
    }
}
