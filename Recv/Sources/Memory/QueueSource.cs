using Recv.Ledger;
using Recv.Threads;

namespace Recv.Sources.Memory;

/// <summary>
/// Datagrams from another thread of this process, through a bounded ring outside the GC heap. Loses nothing: a full
/// ring makes the sender wait.
/// </summary>
/// <remarks>
/// <para>Records lie one after the other in the ring, never broken at its end: a record that does not fit there leaves
/// a mark and starts at the front. A record's room is free again when the batch that lent it is released.</para>
/// <para><b>Threading:</b> one sender thread (<see cref="Send"/>, <see cref="TrySend"/>, <see cref="Complete"/>), one
/// receive thread (the rest); <see cref="Wake"/> from any.</para>
/// <para><b>Owns:</b> the ring. A sender that is late meets <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public sealed class QueueSource : IPacketSource
{
    /// <summary>Capacity when none is given: 4 MiB, some hundreds of large datagrams.</summary>
    public const int DefaultCapacityBytes = 4 * 1024 * 1024;

    private const int BatchSize = 64;

    private readonly QueueRing _ring;
    private readonly Parking _receiver = new();
    private readonly Parking _sender = new();
    private readonly Func<bool> _hasNews;
    private int _wake;
    private bool _complete;
    private bool _disposed;

    /// <summary>A queue whose ring has <paramref name="capacityBytes"/>, rounded up to a cache line.</summary>
    /// <param name="capacityBytes">At least twice the longest datagram and its 16 bytes of header.</param>
    /// <param name="name">For messages.</param>
    public QueueSource(int capacityBytes = DefaultCapacityBytes, string name = "queue")
    {
        _ring = new QueueRing(capacityBytes);
        _hasNews = () => !_ring.IsEmpty || Volatile.Read(ref _complete) || Interlocked.Exchange(ref _wake, 0) != 0;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxBatch => BatchSize;

    /// <inheritdoc/>
    public bool Ended => Volatile.Read(ref _disposed) || (Volatile.Read(ref _complete) && _ring.IsEmpty);

    /// <inheritdoc/>
    public SourceStatus Status => default;

    /// <summary>Longest wait of <see cref="Receive"/>; a test that looks for a wake-up makes it long.</summary>
    internal int WaitMilliseconds { get; init; } = 100;

    /// <summary>Bytes of the longest datagram that the ring takes.</summary>
    public int MaxDatagramBytes => _ring.MaxDatagramBytes;

    /// <inheritdoc/>
    public void Open()
    {
    }

    /// <summary>Copies a datagram into the ring; waits while it is full.</summary>
    /// <exception cref="ArgumentException">The datagram is longer than <see cref="MaxDatagramBytes"/>.</exception>
    /// <exception cref="ObjectDisposedException">The receiver is gone.</exception>
    public void Send(ReadOnlySpan<byte> datagram, long arrivalNanoseconds = 0, Outcome flaw = Outcome.None)
    {
        while (!TrySend(datagram, arrivalNanoseconds, flaw)) WaitForRoom(datagram.Length);
    }

    /// <summary>Copies a datagram into the ring; false when it is full.</summary>
    /// <exception cref="ArgumentException">The datagram is longer than <see cref="MaxDatagramBytes"/>.</exception>
    /// <exception cref="ObjectDisposedException">The receiver is gone.</exception>
    public bool TrySend(ReadOnlySpan<byte> datagram, long arrivalNanoseconds = 0, Outcome flaw = Outcome.None)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (!_ring.TryWrite(datagram, arrivalNanoseconds, flaw)) return false;
        _receiver.Wake();
        return true;
    }

    /// <summary>Nothing comes after this: the source ends when what was sent has been received.</summary>
    public void Complete()
    {
        Volatile.Write(ref _complete, true);
        _receiver.Wake();
    }

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (Volatile.Read(ref _disposed)) return 0;
        int count = _ring.Read(batch[..Math.Min(batch.Length, BatchSize)]);
        if (count > 0 || !wait) return count;
        _receiver.WaitUntil(_hasNews, WaitMilliseconds);
        return _ring.Read(batch[..Math.Min(batch.Length, BatchSize)]);
    }

    /// <inheritdoc/>
    public void Release()
    {
        if (Volatile.Read(ref _disposed)) return;
        _ring.Free();
        _sender.Wake();
    }

    /// <inheritdoc/>
    public void Wake()
    {
        Volatile.Write(ref _wake, 1);
        _receiver.Wake();
    }

    /// <summary>Frees the ring; a sender that waits meets <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        _ring.Dispose();
        _sender.Wake();
    }

    private void WaitForRoom(int length) => _sender.WaitUntil(() => _ring.HasRoom(length) || Volatile.Read(ref _disposed));
}
