namespace Recv.Memory;

/// <summary>Copies past the caches, line by line of the destination.</summary>
/// <remarks><b>Threading:</b> any. Ordered by <see cref="PayloadCopy.Fence"/> only.</remarks>
/// <typeparam name="TLine">How one line is copied.</typeparam>
internal static unsafe class PastCaches<TLine> where TLine : struct, ILineCopy
{
    /// <summary>Copies whole lines of the destination with non-temporal stores, head and tail ordinarily.</summary>
    public static void Copy(byte* destination, byte* source, long length)
    {
        long head = Math.Min(-(long)destination & (PayloadCopy.Line - 1), length);
        if (head != 0)
        {
            Buffer.MemoryCopy(source, destination, head, head);
            destination += head;
            source += head;
            length -= head;
        }
        byte* end = destination + (length & ~(long)(PayloadCopy.Line - 1));
        for (; destination < end; destination += PayloadCopy.Line, source += PayloadCopy.Line) TLine.Copy(destination, source);
        long tail = length & (PayloadCopy.Line - 1);
        if (tail != 0) Buffer.MemoryCopy(source, destination, tail, tail);
    }
}
