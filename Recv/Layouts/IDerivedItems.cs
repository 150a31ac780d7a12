namespace Recv.Layouts;

/// <summary>
/// A layout whose items are not all in the packet as <see cref="IHeapLayout.Place"/> wants them: some are little-endian, or the timestamp
/// is
/// computed from others. A receive loop that is closed over another layout has no trace of it.
/// </summary>
/// <remarks><b>Threading:</b> pure, once per heap before <see cref="IHeapLayout.Place"/>. Must not allocate, throw or block.</remarks>
public interface IDerivedItems : IHeapLayout
{
    /// <summary>The timestamp.</summary>
    /// <param name="items">As for <see cref="IHeapLayout.Place"/>, bytes in order; what is absent is -1, whatever its default.</param>
    /// <returns>Negative when it cannot be told.</returns>
    long Timestamp(ReadOnlySpan<long> items);
}
