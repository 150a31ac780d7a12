using System.Diagnostics;
using Recv.Sources;

namespace Recv.Bench.Receiving;

/// <summary>A source that watches what its receive thread allocates, and when datagrams come.</summary>
/// <param name="inner">Gives the datagrams; owned.</param>
/// <remarks><b>Threading:</b> as <see cref="IPacketSource"/>; <see cref="AllocatedBytes"/> and <see cref="Seconds"/> may be read by any
/// thread.</remarks>
internal sealed class ReceiveProbe(IPacketSource inner) : IPacketSource
{
    private bool _receiving;
    private long _before;
    private long _allocated;
    private long _first;
    private long _last;

    /// <summary>Bytes that the receive thread allocated from its first datagram to its last.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    /// <summary>From the first batch of datagrams to the last.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(Volatile.Read(ref _first), Volatile.Read(ref _last)).TotalSeconds;

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int MaxBatch => inner.MaxBatch;

    /// <inheritdoc/>
    public bool Ended => inner.Ended;

    /// <inheritdoc/>
    public SourceStatus Status => inner.Status;

    /// <inheritdoc/>
    public void Open() => inner.Open();

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        int count = inner.Receive(batch, wait);
        if (count == 0) return 0;
        long now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _last, now);
        if (!_receiving)
        {
            _receiving = true;
            Volatile.Write(ref _first, now);
            _before = GC.GetAllocatedBytesForCurrentThread();
        }
        return count;
    }

    /// <inheritdoc/>
    public void Release()
    {
        inner.Release();
        Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - _before);
    }

    /// <inheritdoc/>
    public void Wake() => inner.Wake();

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
