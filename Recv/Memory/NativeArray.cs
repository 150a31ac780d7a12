using System.Runtime.CompilerServices;

namespace Recv.Memory;

/// <summary>
/// A fixed array of plain structs outside the GC heap, zeroed at the start, whose elements are reached without a bounds check.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> plain memory; the owner says who writes.</para>
/// <para><b>Owns:</b> its block, freed by <see cref="Dispose"/>. Indexes come from our own code, never from the network;
/// a debug build checks them.</para>
/// </remarks>
public readonly unsafe struct NativeArray<T> : IDisposable where T : unmanaged
{
    private readonly NativeBlock _block;
    private readonly T* _first;

    /// <summary>An array of <paramref name="length"/> elements, all bytes zero.</summary>
    public NativeArray(int length, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _block = NativeBlock.Allocate((long)length * sizeof(T), purpose);
        _first = (T*)_block.Pointer;
        Length = length;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>The element itself, not a copy.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            System.Diagnostics.Debug.Assert((uint)index < (uint)Length);
            return ref _first[index];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
