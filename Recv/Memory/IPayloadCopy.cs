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
