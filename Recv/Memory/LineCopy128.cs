using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recv.Memory;

/// <summary>Any processor with 128-bit vectors: old x86-64, Arm (Neon).</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly unsafe struct LineCopy128 : ILineCopy
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source)
    {
        Vector128<byte> v0 = Vector128.Load(source), v1 = Vector128.Load(source + 16), v2 = Vector128.Load(source + 32), v3 = Vector128.Load(source + 48);
        v0.StoreAlignedNonTemporal(destination);
        v1.StoreAlignedNonTemporal(destination + 16);
        v2.StoreAlignedNonTemporal(destination + 32);
        v3.StoreAlignedNonTemporal(destination + 48);
    }
}
