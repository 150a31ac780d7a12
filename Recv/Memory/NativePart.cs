using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Recv.Memory;

/// <summary>A part of a <see cref="NativeBlock"/> whose address sits where it is used: a packet waits for one load less.</summary>
/// <remarks>
/// <b>Threading:</b> plain memory; the owner of the block says who writes. Lent: must not outlive the block. Indexes come from our own
/// code, which has checked them against the shape of what is there; a debug build checks them.
/// </remarks>
internal readonly unsafe struct NativePart<T>(NativeBlock block, long offset, long length) where T : unmanaged
{
    private readonly T* _first = (T*)(block.Pointer + offset);
    private readonly long _length = length;

    /// <summary>The first element.</summary>
    public T* Pointer => _first;

    /// <summary>The element itself, not a copy.</summary>
    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((ulong)index < (ulong)_length);
            return ref _first[index];
        }
    }
}
