using Recv.Memory;

namespace Recv.Bench.InMemory;

/// <summary>The runtime's memcpy.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly unsafe struct OrdinaryCopy : IPayloadCopy
{
    /// <inheritdoc/>
    public static void Copy(byte* destination, byte* source, long length) =>
        Buffer.MemoryCopy(source, destination, length, length);
}
