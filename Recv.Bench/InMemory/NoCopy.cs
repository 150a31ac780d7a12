using Recv.Memory;

namespace Recv.Bench.InMemory;

/// <summary>Copies nothing: what is left is the rest of the work.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly unsafe struct NoCopy : IPayloadCopy
{
    /// <inheritdoc/>
    public static void Copy(byte* destination, byte* source, long length)
    {
    }
}
