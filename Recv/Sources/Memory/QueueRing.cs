using System.Runtime.InteropServices;
using Recv.Ledger;
using Recv.Memory;

namespace Recv.Sources.Memory;

/// <summary>The ring of a <see cref="QueueSource"/>: records of any length from one writer to one reader.</summary>
/// <remarks>
/// <para><b>Threading:</b> one writer (<see cref="TryWrite"/>, <see cref="HasRoom"/>), one reader (the rest). The
/// writer publishes a record by moving <c>Written</c> after its bytes; the reader gives room back by moving
/// <c>Freed</c> after its last use.</para>
/// <para><b>Owns:</b> its block, which outlives a <see cref="Dispose"/> until a write in progress is over.</para>
/// </remarks>
internal sealed class QueueRing : IDisposable
{
    private const int Line = 64;
    private const int HeaderBytes = 16;
    private const int SkipToFront = -1;

    private readonly NativeBlock _block;
    private readonly int _capacity;
    private Positions _at;

    public QueueRing(int capacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 4 * Line);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacityBytes, 1 << 30);
        _capacity = capacityBytes + Line - 1 & -Line;
        _block = NativeBlock.Allocate(_capacity, "a queue of datagrams");
    }

    // A record and the gap before it are less than two records.
    public int MaxDatagramBytes => (_capacity / 2 & -Line) - HeaderBytes;

    public bool IsEmpty => _at.Read == Volatile.Read(ref _at.Written);

    public bool HasRoom(int length) => _at.Written + RoomFor(length) - Volatile.Read(ref _at.Freed) <= _capacity;

    public bool TryWrite(ReadOnlySpan<byte> datagram, long arrivalNanoseconds, Outcome flaw)
    {
        if (datagram.Length > MaxDatagramBytes)
            throw new ArgumentException(
                $"a datagram of {datagram.Length} bytes; the queue takes {MaxDatagramBytes}", nameof(datagram));
        if (!HasRoom(datagram.Length)) return false;
        bool held = false;
        try
        {
            _block.DangerousAddRef(ref held);
            Write(datagram, arrivalNanoseconds, flaw);
            return true;
        }
        finally
        {
            if (held) _block.DangerousRelease();
        }
    }

    /// <summary>Lends the records that are there, in order.</summary>
    public int Read(Span<Datagram> batch)
    {
        long written = Volatile.Read(ref _at.Written);
        int count = 0;
        while (count < batch.Length && _at.Read < written)
        {
            int offset = (int)(_at.Read % _capacity);
            Span<byte> header = _block.Span(offset, HeaderBytes);
            int length = MemoryMarshal.Read<int>(header);
            if (length == SkipToFront)
            {
                _at.Read += _capacity - offset;
                continue;
            }
            batch[count++] = Datagram.Over(
                _block.Span(offset + HeaderBytes, length),
                MemoryMarshal.Read<long>(header[8..]),
                (Outcome)MemoryMarshal.Read<int>(header[4..]));
            _at.Read += Padded(length);
        }
        return count;
    }

    /// <summary>Gives the room of what was read back to the writer.</summary>
    public void Free() => Volatile.Write(ref _at.Freed, _at.Read);

    public void Dispose() => _block.Dispose();

    private void Write(ReadOnlySpan<byte> datagram, long arrivalNanoseconds, Outcome flaw)
    {
        long start = _at.Written;
        int offset = (int)(start % _capacity);
        if (_capacity - offset < Padded(datagram.Length))
        {
            MemoryMarshal.Write(_block.Span(offset, HeaderBytes), SkipToFront);
            start += _capacity - offset;
            offset = 0;
        }
        Span<byte> header = _block.Span(offset, HeaderBytes);
        MemoryMarshal.Write(header, datagram.Length);
        MemoryMarshal.Write(header[4..], (int)flaw);
        MemoryMarshal.Write(header[8..], arrivalNanoseconds);
        datagram.CopyTo(_block.Span(offset + HeaderBytes, datagram.Length));
        Volatile.Write(ref _at.Written, start + Padded(datagram.Length));
    }

    private int RoomFor(int length)
    {
        int tail = _capacity - (int)(_at.Written % _capacity);
        return tail < Padded(length) ? tail + Padded(length) : Padded(length);
    }

    private static int Padded(int length) => HeaderBytes + length + Line - 1 & -Line;

    /// <summary>Byte counts since the start, each with one writer and on a line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 4 * Line)]
    private struct Positions
    {
        /// <summary>By the writer, with release: records up to here are whole.</summary>
        [FieldOffset(Line)]
        public long Written;

        /// <summary>By the reader, with release: room up to here may be written again.</summary>
        [FieldOffset(2 * Line)]
        public long Freed;

        /// <summary>By the reader, for itself.</summary>
        [FieldOffset(2 * Line + 8)]
        public long Read;
    }
}
