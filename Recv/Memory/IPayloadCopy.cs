using System.Runtime.CompilerServices;

namespace Recv.Memory;

/// <summary>
/// How payload gets to its chunk. A struct type parameter of the receive loop, so it is inlined and costs nothing.
/// </summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public unsafe interface IPayloadCopy
{
    /// <summary>Copies <paramref name="length"/> bytes that do not overlap.</summary>
    static abstract void Copy(byte* destination, byte* source, long length);
}

/// <summary>What every receiver uses: <see cref="PayloadCopy"/>. Others exist to measure against it.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public readonly unsafe struct FastestCopy : IPayloadCopy
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, long length) =>
        PayloadCopy.Copy(destination, source, length);
}
