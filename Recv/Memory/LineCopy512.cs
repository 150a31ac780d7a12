using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recv.Memory;

/// <summary>AVX-512.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly unsafe struct LineCopy512 : ILineCopy
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source)
    {
        Vector512.Load(source).StoreAlignedNonTemporal(destination);
    }
}
