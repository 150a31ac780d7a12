using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernels <c>unpack_N</c> and <c>complex_8</c> of <c>first_stage.cl</c> in C#.</summary>
internal static unsafe class HostUnpack
{
    private const int GroupSamples = 8;
    private const int GroupBytes = 16;

    /// <summary>All heaps.</summary>
    public static void Run(GpuArguments arguments, int bits)
    {
        byte* chunk = arguments.Pointer<byte>(0);
        float* samples = arguments.Pointer<float>(1);
        long* heapOffsets = arguments.Pointer<long>(2);
        uint quads = (uint)arguments.Int(3);
        uint total = (uint)arguments.Int(4);
        byte* end = chunk + arguments.Buffer(0)!.Bytes;
        for (uint heap = 0; heap < total / quads; heap++)
            Unpack(chunk + heapOffsets[heap], end, samples + heap * (4L * quads), 4L * quads, bits);
    }

    /// <summary>Unpacks <paramref name="count"/> samples; nothing at or behind <paramref name="end"/> is read.</summary>
    private static void Unpack(byte* packed, byte* end, float* samples, long count, int bits)
    {
        long done = InGroups(packed, end, samples, count, bits);
        for (; done < count; done += 4)
        {
            byte* quad = packed + done / 4 * (bits / 2);
            ulong word = 0;
            for (int at = 0; at < bits / 2; at++) word |= (ulong)quad[at] << 56 - 8 * at;
            for (int sample = 0; sample < 4; sample++) samples[done + sample] = (long)(word << sample * bits) >> 64 - bits;
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
