namespace Recv.Spead;

/// <summary>Which bytes of a heap have been received, when its packets may come in any order.</summary>
/// <remarks>
/// <b>Threading:</b> one thread. Ranges are kept sorted and joined, so packets in order are one range. Memory grows (rarely, by
/// doubling) with the gaps that are open at one time, up to <see cref="MaxRanges"/>: a sender that leaves more gaps than that
/// has its packets refused rather than our memory.
/// </remarks>
[ReceivePath]
public sealed class ReceivedRanges
{
    /// <summary>
    /// Most ranges of one heap: 8192 gaps are far beyond any reordering that a network does, and to move so many aside for a
    /// hostile packet costs a few microseconds and not a hundred.
    /// </summary>
    public const int MaxRanges = 8192;

    private long[] _starts = new long[64];
    private long[] _ends = new long[64];
    private int _count;

    /// <summary>Nothing received.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds bytes <paramref name="start"/> to <paramref name="start"/> + <paramref name="length"/>.</summary>
    /// <returns>False, changing nothing, if any of them was there already (or the limit is reached).</returns>
    public bool TryAdd(long start, long length)
    {
        if (Touches(start, length)) return false;
        long end = start + length;
        int at = CountUpTo(start);
        bool joinsLeft = at > 0 && _ends[at - 1] == start;
        bool joinsRight = at < _count && _starts[at] == end;
        if (joinsLeft && joinsRight)
        {
            _ends[at - 1] = _ends[at];
            Remove(at);
        }
        else if (joinsLeft) _ends[at - 1] = end;
        else if (joinsRight) _starts[at] = start;
        else return TryInsert(at, start, end);
        return true;
    }

    /// <summary>Whether any byte of the range was there already.</summary>
    /// <remarks>
    /// As the reference has it, a range of no bytes is a range like any other: refused inside of another and at its beginning,
    /// accepted at its end and in a gap; and where one was accepted in a gap, none may go across it.
    /// </remarks>
    public bool Touches(long start, long length)
    {
        int at = CountUpTo(start);
        return (at > 0 && _ends[at - 1] > start) || (at < _count && _starts[at] < start + length);
    }

    /// <summary>Ranges that begin at <paramref name="start"/> or before it.</summary>
    private int CountUpTo(long start)
    {
        // Packets come nearly in order, so most go to the end. A sender that makes thousands of gaps must not cost a search through all.
        if (_count == 0 || _starts[_count - 1] <= start) return _count;
        int found = Array.BinarySearch(_starts, 0, _count, start);
        return found < 0 ? ~found : found + 1;
    }

    private bool TryInsert(int at, long start, long end)
    {
        if (_count == MaxRanges) return false;
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, _count * 2);
            Array.Resize(ref _ends, _count * 2);
        }
        Array.Copy(_starts, at, _starts, at + 1, _count - at);
        Array.Copy(_ends, at, _ends, at + 1, _count - at);
        _starts[at] = start;
        _ends[at] = end;
        _count++;
        return true;
    }

    private void Remove(int at)
    {
        _count--;
        Array.Copy(_starts, at + 1, _starts, at, _count - at);
        Array.Copy(_ends, at + 1, _ends, at, _count - at);
    }
}
