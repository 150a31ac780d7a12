using Recv.Memory;

namespace Recv.Sources.Pcap;

/// <summary>Reads the frames of a classic capture through one buffer, whatever the size of the file.</summary>
/// <remarks>
/// <para>Frames are lent out of the buffer until the next <see cref="Refill"/>. A file that is damaged ends where the
/// damage begins: what came before is given, and <see cref="Damage"/> says the rest.</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> the file and the buffer.</para>
/// </remarks>
internal sealed class PcapReader : IDisposable
{
    /// <summary>The longest frame that tools record (MAXIMUM_SNAPLEN of libpcap); a longer one is a damaged
    /// length.</summary>
    public const int MaxFrameBytes = 256 * 1024;

    // Several of the longest frames, and what fits into the L2 cache of a core.
    private const int BufferBytes = 1024 * 1024;

    private readonly string _file;
    private readonly FileStream _stream;
    private readonly NativeBlock _buffer;
    private readonly PcapFormat _format;
    private long _bufferOffset;
    private int _at;
    private int _filled;
    private Flaw _flaw;
    private uint _flawBytes;
    private string? _readError;

    private enum Flaw { None, Cut, Length, Unreadable }

    /// <summary>Opens <paramref name="file"/> and reads its header.</summary>
    /// <exception cref="RecvException">There is no such file (exit code 3), or it is not a capture (2).</exception>
    public PcapReader(string file)
    {
        _file = file;
        _stream = OpenFile(file);
        try
        {
            _buffer = NativeBlock.Allocate(BufferBytes, "reading a capture");
            Fill();
            if (_readError is not null) throw RecvException.HostRefused(
                $"capture '{file}' cannot be read: {_readError}");
            _format = PcapFormat.Read(_buffer.Span(0, Math.Min(_filled, PcapFormat.HeaderBytes)), file);
            _at = PcapFormat.HeaderBytes;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Link type of all frames.</summary>
    public int LinkType => _format.LinkType;

    /// <summary>True when there are no more frames.</summary>
    public bool Ended { get; private set; }

    /// <summary>Where and why the file ended before its time, in one line; null when it is whole so far.</summary>
    public string? Damage => _flaw switch
    {
        Flaw.Cut => DamageAt(_at, $"the file ends inside a frame, {_flawBytes} bytes are left"),
        Flaw.Length => DamageAt(_at, $"a frame of {_flawBytes} bytes cannot be"),
        Flaw.Unreadable => DamageAt(_filled, _readError!),
        _ => null,
    };

    /// <summary>The next frame of the buffer; false when a <see cref="Refill"/> is needed first, or at the
    /// end.</summary>
    public bool TryRead(out PcapFrame frame)
    {
        frame = default;
        if (Ended || _filled - _at < PcapFormat.RecordBytes) return false;
        ReadOnlySpan<byte> record = _buffer.Span(_at, PcapFormat.RecordBytes);
        uint captured = _format.ReadUInt32(record[8..]);
        if (captured > MaxFrameBytes)
        {
            End(Flaw.Length, captured);
            return false;
        }
        if (captured > _filled - _at - PcapFormat.RecordBytes) return false;
        long fraction = _format.ReadUInt32(record[4..]) * (_format.Nanoseconds ? 1L : 1000L);
        frame = new PcapFrame(
            _buffer.Span(_at + PcapFormat.RecordBytes, (int)captured),
            _format.ReadUInt32(record[12..]),
            _format.ReadUInt32(record) * 1_000_000_000L + fraction);
        _at += PcapFormat.RecordBytes + (int)captured;
        return true;
    }

    /// <summary>Reads on; takes back all frames that were lent. False at the end.</summary>
    public bool Refill()
    {
        if (Ended) return false;
        int left = _filled - _at;
        _buffer.Span(_at, left).CopyTo(_buffer.Span(0, left));
        _bufferOffset += _at;
        _at = 0;
        _filled = left;
        if (Fill()) return true;
        if (_readError is not null) End(Flaw.Unreadable, 0);
        else End(left == 0 ? Flaw.None : Flaw.Cut, (uint)left);
        return false;
    }

    public void Dispose()
    {
        Ended = true;
        _stream.Dispose();
        _buffer?.Dispose();
    }

    private string DamageAt(int position, string what) =>
        $"capture '{_file}' is damaged at offset {_bufferOffset + position}: {what}; what came before was read";

    private void End(Flaw flaw, uint bytes)
    {
        (_flaw, _flawBytes) = (flaw, bytes);
        Ended = true;
    }

    /// <summary>Fills the buffer as far as the file goes; false when nothing came.</summary>
    private bool Fill()
    {
        int before = _filled;
        try
        {
            // A pipe gives what it has, so once is not enough even in the middle.
            for (int read = 1; read > 0 && _filled < BufferBytes; _filled += read)
            {
                Span<byte> room = _buffer.Span(_filled, BufferBytes - _filled);
                read = _stream.Read(room);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _readError = failure.Message;
        }
        return _filled > before;
    }

    // A stream, because that can be a pipe as well; without a buffer, because we have one.
    private static FileStream OpenFile(string file)
    {
        if (Directory.Exists(file)) throw RecvException.HostRefused($"capture '{file}' is a folder; name a file in it");
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RecvException.HostRefused($"capture '{file}' does not exist; check the path", failure);
        }
        catch (Exception failure) when (failure
            is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw RecvException.HostRefused($"capture '{file}' cannot be opened: {failure.Message}", failure);
        }
    }
}
