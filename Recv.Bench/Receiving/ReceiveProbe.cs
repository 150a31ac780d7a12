using Recv.Sources;

namespace Recv.Bench.Receiving;

/// <summary>A source that watches what its receive thread allocates.</summary>
/// <param name="inner">Gives the datagrams; owned.</param>
/// <remarks><b>Threading:</b> as <see cref="IPacketSource"/>; <see cref="AllocatedBytes"/> may be read by any thread.</remarks>
internal sealed class ReceiveProbe(IPacketSource inner) : IPacketSource
{
    private bool _receiving;
    private long _before;
    private long _allocated;

    /// <summary>Bytes that the receive thread allocated from its first datagram to its last.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

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
        if (count > 0 && !_receiving)
        {
            _receiving = true;
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
