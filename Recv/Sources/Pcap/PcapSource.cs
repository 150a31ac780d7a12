namespace Recv.Sources.Pcap;

/// <summary>
/// The datagrams of captures in the order of their frames: those for one destination, or all UDP.
/// </summary>
/// <remarks>
/// <para>What mirror ports and fabrics put around frames is taken off, up to <see cref="Encapsulation.Inside.MaxDepth"/> headers: the
/// destination is that of the datagram inside. IP datagrams in pieces are put together.</para>
/// <para>A datagram that is ours but recorded too short, whose length fields lie, or that lacks pieces is given with its flaw, so that the
/// ledger counts it; of one recorded too short its front is given as well. Frames that are not ours are counted in
/// <see cref="SourceStatus.Skipped"/>; frames that the recording program says it lost in <see cref="SourceStatus.RingDropped"/>.</para>
/// <para>Classic pcap and pcapng, either of them compressed with gzip. Memory does not grow with the file.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says; <see cref="Damage"/> after the end.</para>
/// <para><b>Owns:</b> the files, two buffers of 1 MiB, and 16 MiB for pieces once there are any.</para>
/// </remarks>
public sealed class PcapSource : IOriginSource
{
    private const int BatchSize = 64;

    // A batch ends by what is in the frames, not by where buffers and files happen to end: so the same frames are the same batches in one
    // file and in many. What it spans, with the longest frame at its end, fits into a buffer.
    private const long MostBytes = 640 * 1024;
    private const int FrameOverhead = 48;

    private readonly IReadOnlyList<string> _files;
    private readonly FrameFilter _filter;
    private PcapReader? _reader;
    private DatagramOrigin[]? _origins;
    private long _dropped;
    private bool _wake;

    /// <summary>The datagrams of <paramref name="file"/> for <paramref name="destination"/> (port 0: any), or all of
    /// them.</summary>
    public PcapSource(string file, EndpointRange? destination = null) : this([file], destination)
    {
    }

    /// <summary>The same of several captures, one after the other: rotated files are one feed.</summary>
    public PcapSource(IReadOnlyList<string> files, EndpointRange? destination = null)
    {
        _files = files;
        _filter = new FrameFilter(destination);
    }

    /// <inheritdoc/>
    public string Name => "pcap:" + _files[0] + (_files.Count == 1 ? "" : $" and {_files.Count - 1} more");

    /// <inheritdoc/>
    public int MaxBatch => BatchSize;

    /// <inheritdoc/>
    public bool Ended => _reader is { Ended: true } && !_filter.HasLost;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <summary>Where and why the capture ended before its time, in one line; null when it is whole.</summary>
    public string? Damage => _reader?.Damage;

    /// <inheritdoc/>
    /// <remarks>Of a capture more may be known when it has been read.</remarks>
    public IReadOnlyList<string> Warnings => _reader?.Warnings ?? [];

    /// <inheritdoc/>
    public SourceStatus Status => new(
        RingDropped: Volatile.Read(ref _dropped),
        Skipped: _filter.Skipped, Gauges: _filter.Gauges, Decapsulated: _filter.Decapsulated);

    /// <inheritdoc/>
    public string TimeOfArrival => "the times of the capture";

    /// <inheritdoc/>
    /// <exception cref="RecvException">There is no such file, or it is not a capture that we read (exit code 2), or the
    /// host refuses it (3).</exception>
    public void Open() => _reader = new PcapReader(_files);

    /// <inheritdoc/>
    public void KeepOrigins()
    {
        _origins = new DatagramOrigin[BatchSize];
        _filter.KeepsOrigins = true;
    }

    /// <inheritdoc/>
    public DatagramOrigin OriginOf(int index) => _origins is null ? default : _origins[index];

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_reader is not { } reader || Ended) return 0;
        _filter.Release();
        reader.BeginBatch();
        int most = Math.Min(batch.Length, BatchSize);
        int count = 0;
        long bytes = 0;
        for (bool isOver = false; ;)
        {
            Take(reader, batch[..most], ref count, ref bytes);
            if (isOver) break;
            if (!reader.Ended)
            {
                if (count == most || bytes >= MostBytes || count == 0 && Woken()) break;
                if (reader.Refill(isLent: count > 0)) continue;
                if (!reader.Ended) break;
            }
            _filter.Flush();
            isOver = true;
        }
        Volatile.Write(ref _dropped, reader.Dropped);
        return count;
    }

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public void Wake() => Volatile.Write(ref _wake, true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader?.Dispose();
        _filter.Dispose();
    }

    private void Take(PcapReader reader, Span<Datagram> batch, ref int count, ref long bytes)
    {
        while (count < batch.Length)
        {
            DatagramOrigin origin;
            if (_filter.HasLost) _filter.TakeLost(out batch[count], out origin);
            else if (bytes >= MostBytes || !reader.TryRead(out PcapFrame frame)) break;
            else
            {
                bool isOurs = _filter.Read(frame, out batch[count], out origin);
                // From the first datagram on, frames are lent.
                if (count > 0 || isOurs) bytes += frame.Captured.Length + FrameOverhead;
                if (!isOurs) continue;
            }
            if (_origins is not null) _origins[count] = origin;
            count++;
        }
    }

    private bool Woken()
    {
        bool woken = Volatile.Read(ref _wake);
        if (woken) Volatile.Write(ref _wake, false);
        return woken;
    }
}
