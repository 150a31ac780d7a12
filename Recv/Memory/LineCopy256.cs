using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recv.Memory;

/// <summary>AVX2.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly unsafe struct LineCopy256 : ILineCopy
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source)
    {
        Vector256<byte> v0 = Vector256.Load(source), v1 = Vector256.Load(source + 32);
        v0.StoreAlignedNonTemporal(destination);
        v1.StoreAlignedNonTemporal(destination + 32);
    }
}
