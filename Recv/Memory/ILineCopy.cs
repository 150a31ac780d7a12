namespace Recv.Memory;

/// <summary>Copies one cache line past the caches; a struct type parameter, so that the JIT inlines it.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal unsafe interface ILineCopy
{
    /// <summary>Copies 64 bytes to an address that is a multiple of 64.</summary>
    static abstract void Copy(byte* destination, byte* source);
}
