using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recv.Memory;

/// <summary>Copies a packet's payload to its place in a chunk.</summary>
/// <remarks>
/// <para>A chunk is not read again by this core, so large payloads are written past the caches (non-temporal stores): about 1.5 times
/// the speed of memcpy. Short ones are copied ordinarily, since the lines at both ends would be written in halves.</para>
/// <para><b>Threading:</b> any. Non-temporal stores are ordered by nothing but a fence: <see cref="Fence"/> before another thread
/// is told.</para>
/// </remarks>
[ReceivePath]
public static unsafe class PayloadCopy
{
    // Below this the two partial lines cost more than the passing of the caches gains (measured: 1408 against 4096 bytes).
    private const long NonTemporalFrom = 4096;
    internal const int Line = 64;

    /// <summary>How large payloads are copied on this machine, as logs, metrics and benchmarks call it.</summary>
    public static string Path => Vector512.IsHardwareAccelerated ? "AVX-512"
        : Vector256.IsHardwareAccelerated ? "AVX2"
        : Vector128.IsHardwareAccelerated ? "128-bit vectors"
        : "memmove";

    /// <summary>Copies <paramref name="length"/> bytes that do not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, long length)
    {
        bool wholeLines = length >= 1024 && (((long)destination | length) & (Line - 1)) == 0;
        bool past = length >= NonTemporalFrom || wholeLines;
        // The compiler knows the answers, so only one of these is left.
        if (past && Vector512.IsHardwareAccelerated) PastCaches<LineCopy512>.Copy(destination, source, length);
        else if (past && Vector256.IsHardwareAccelerated) PastCaches<LineCopy256>.Copy(destination, source, length);
        else if (past && Vector128.IsHardwareAccelerated) PastCaches<LineCopy128>.Copy(destination, source, length);
        else Buffer.MemoryCopy(source, destination, length, length);
    }

    /// <summary>The type that copies large payloads here, so that it can be compiled before it is needed.</summary>
    internal static Type Implementation => Vector512.IsHardwareAccelerated ? typeof(PastCaches<LineCopy512>)
        : Vector256.IsHardwareAccelerated ? typeof(PastCaches<LineCopy256>)
        : typeof(PastCaches<LineCopy128>);

    /// <summary>Makes all copies of this thread visible before whatever it writes next.</summary>
    public static void Fence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
        else Thread.MemoryBarrier();
    }

    /// <summary>Copies past the caches, line by line of the destination.</summary>
    /// <typeparam name="TLine">How one line is copied.</typeparam>
    internal static class PastCaches<TLine> where TLine : struct, ILineCopy
    {
        /// <summary>Copies whole lines of the destination with non-temporal stores, head and tail ordinarily.</summary>
        public static void Copy(byte* destination, byte* source, long length)
        {
            long head = Math.Min(-(long)destination & (Line - 1), length);
            if (head != 0)
            {
                Buffer.MemoryCopy(source, destination, head, head);
                destination += head;
                source += head;
                length -= head;
            }
            byte* end = destination + (length & ~(long)(Line - 1));
            for (; destination < end; destination += Line, source += Line) TLine.Copy(destination, source);
            long tail = length & (Line - 1);
            if (tail != 0) Buffer.MemoryCopy(source, destination, tail, tail);
        }
    }

    /// <summary>Copies one cache line past the caches; a struct type parameter, so that the JIT inlines it.</summary>
    internal interface ILineCopy
    {
        /// <summary>Copies 64 bytes to an address that is a multiple of 64.</summary>
        static abstract void Copy(byte* destination, byte* source);
    }

    /// <summary>AVX-512.</summary>
    internal readonly struct LineCopy512 : ILineCopy
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* destination, byte* source) => Vector512.Load(source).StoreAlignedNonTemporal(destination);
    }

    /// <summary>AVX2.</summary>
    internal readonly struct LineCopy256 : ILineCopy
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* destination, byte* source)
        {
            Vector256<byte> v0 = Vector256.Load(source), v1 = Vector256.Load(source + 32);
            v0.StoreAlignedNonTemporal(destination);
            v1.StoreAlignedNonTemporal(destination + 32);
        }
    }

    /// <summary>Any processor with 128-bit vectors: old x86-64, Arm (Neon).</summary>
    internal readonly struct LineCopy128 : ILineCopy
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* destination, byte* source)
        {
            Vector128<byte> v0 = Vector128.Load(source), v1 = Vector128.Load(source + 16);
            Vector128<byte> v2 = Vector128.Load(source + 32), v3 = Vector128.Load(source + 48);
            v0.StoreAlignedNonTemporal(destination);
            v1.StoreAlignedNonTemporal(destination + 16);
            v2.StoreAlignedNonTemporal(destination + 32);
            v3.StoreAlignedNonTemporal(destination + 48);
        }
    }
}
