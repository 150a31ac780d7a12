using System.Runtime.CompilerServices;

namespace Recv.Memory;

/// <summary>What every receiver uses: <see cref="PayloadCopy"/>. Others exist to measure against it.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public readonly unsafe struct FastestCopy : IPayloadCopy
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, long length) =>
        PayloadCopy.Copy(destination, source, length);
}
