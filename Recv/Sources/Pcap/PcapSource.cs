using System.Collections.Immutable;

namespace Recv.Sources.Pcap;

/// <summary>
/// The datagrams of a capture in file order: those for one destination, or all UDP.
/// </summary>
/// <remarks>
/// <para>A frame that is ours but recorded too short, or whose length fields lie, is given with its flaw and no bytes,
/// so that the ledger counts it. Frames that are not ours are counted in <see cref="SourceStatus.Skipped"/>; frames that
/// the recording program says it lost in <see cref="SourceStatus.RingDropped"/>.</para>
/// <para>Classic pcap and pcapng, either of them compressed with gzip. Memory does not grow with the file.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says; <see cref="Damage"/> after the end.</para>
/// <para><b>Owns:</b> the file and one buffer of 1 MiB.</para>
/// </remarks>
public sealed class PcapSource : IOriginSource
{
    private const int BatchSize = 64;

    // By SkipReason; the first is not a reason.
    private static readonly ImmutableArray<string> ReasonNames =
        ["none", "short_frame", "link_type", "not_ip", "ipv6", "bad_ip_header", "not_udp", "other_destination", "fragment"];

    private readonly string _file;
    private readonly long[] _skipped = new long[ReasonNames.Length];
    private readonly FrameFilter _filter;
    private PcapReader? _reader;
    private DatagramOrigin[]? _origins;
    private long _dropped;
    private bool _wake;

    /// <summary>The datagrams of <paramref name="file"/> for <paramref name="destination"/> (port 0: any), or all of
    /// them.</summary>
    public PcapSource(string file, EndpointRange? destination = null)
    {
        _file = file;
        _filter = new FrameFilter(destination);
    }

    /// <inheritdoc/>
    public string Name => "pcap:" + _file;

    /// <inheritdoc/>
    public int MaxBatch => BatchSize;

    /// <inheritdoc/>
    public bool Ended => _reader is { Ended: true };

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <summary>Where and why the capture ended before its time, in one line; null when it is whole.</summary>
    public string? Damage => _reader?.Damage;

    /// <inheritdoc/>
    public SourceStatus Status => new(
        RingDropped: Volatile.Read(ref _dropped),
        Skipped: Enumerable.Range(1, ReasonNames.Length - 1)
            .ToDictionary(reason => ReasonNames[reason], reason => Volatile.Read(ref _skipped[reason])));

    /// <inheritdoc/>
    public string TimeOfArrival => "the times of the capture";

    /// <inheritdoc/>
    /// <exception cref="RecvException">There is no such file, or it is not a capture that we read (exit code 2), or the
    /// host refuses it (3).</exception>
    public void Open() => _reader = new PcapReader(_file);

    /// <inheritdoc/>
    public void KeepOrigins() => _origins = new DatagramOrigin[BatchSize];

    /// <inheritdoc/>
    public DatagramOrigin OriginOf(int index) => _origins is null ? default : _origins[index];

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_reader is not { Ended: false } reader) return 0;
        int count = Take(reader, batch);
        // Frames of the buffer are lent from the first datagram on: it is refilled only while there is none.
        while (count == 0 && reader.Refill() && !Woken()) count = Take(reader, batch);
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
    public void Dispose() => _reader?.Dispose();

    private int Take(PcapReader reader, Span<Datagram> batch)
    {
        int count = 0;
        int most = Math.Min(batch.Length, BatchSize);
        while (count < most && reader.TryRead(out PcapFrame frame))
        {
            SkipReason skip = _filter.Read(frame, out batch[count], out IpDatagram ip);
            if (skip == SkipReason.None)
            {
                if (_origins is not null) _origins[count] = ip.Origin;
                count++;
            }
            else Volatile.Write(ref _skipped[(int)skip], _skipped[(int)skip] + 1);
        }
        return count;
    }

    private bool Woken()
    {
        bool woken = Volatile.Read(ref _wake);
        if (woken) Volatile.Write(ref _wake, false);
        return woken;
    }
}
