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
public static unsafe class PayloadCopy
{
    // Below this the two partial lines cost more than the passing of the caches gains (measured: 1408 against 4096 bytes).
    private const long NonTemporalFrom = 4096;
    internal const int Line = 64;

    /// <summary>How this machine copies large payloads, in a word or two for people.</summary>
    public static string Description => Vector512.IsHardwareAccelerated ? "non-temporal 512"
        : Vector256.IsHardwareAccelerated ? "non-temporal 256"
        : Vector128.IsHardwareAccelerated ? "non-temporal 128" : "ordinary";

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

    /// <summary>How large payloads are copied on this machine, for logs, metrics and benchmarks.</summary>
    public static string Path => Vector512.IsHardwareAccelerated ? "AVX-512"
        : Vector256.IsHardwareAccelerated ? "AVX2"
        : Vector128.IsHardwareAccelerated ? "128-bit vectors"
        : "memmove";

    /// <summary>Makes all copies of this thread visible before whatever it writes next.</summary>
    public static void Fence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
        else Thread.MemoryBarrier();
    }

    /// <summary>The type that copies large payloads here, so that it can be compiled before it is needed.</summary>
    internal static Type Implementation => Vector512.IsHardwareAccelerated ? typeof(PastCaches<LineCopy512>)
        : Vector256.IsHardwareAccelerated ? typeof(PastCaches<LineCopy256>)
        : typeof(PastCaches<LineCopy128>);
}
