namespace Recv.Spead.Patterns;

/// <summary>
/// Payload that follows from the heap's timestamp (as on the wire) and its source, so that a receiver can say what each
/// sample has to be. Here, and not with the simulator, because the verifying sink needs it too.
/// </summary>
/// <remarks>
/// <para>A <em>source</em> numbers the heaps of one timestamp: polarisation, antenna, or polarisation × substreams +
/// substream.</para>
/// <para><b>Threading:</b> one thread; an instance keeps scratch memory.</para>
/// </remarks>
public abstract class PayloadPattern
{
    /// <summary>
    /// Expected bytes made at a time: they stay in the L1 cache beside the bytes that they are compared with.
    /// </summary>
    private protected const int BlockBytes = 8192;

    /// <summary>Writes the payload of a heap.</summary>
    public abstract void Fill(long timestamp, int source, Span<byte> payload);

    /// <summary>Offset of the first byte of a heap's payload that is wrong, or -1.</summary>
    public abstract int FirstMismatch(long timestamp, int source, ReadOnlySpan<byte> payload);

    /// <summary>Index of the first byte that differs in spans of equal length, or -1.</summary>
    private protected static int FirstDifference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> got) =>
        expected.SequenceEqual(got) ? -1 : expected.CommonPrefixLength(got);
}
