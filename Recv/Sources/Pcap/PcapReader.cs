using Recv.Files;
using Recv.Memory;

namespace Recv.Sources.Pcap;

/// <summary>Reads the frames of a capture through one buffer, whatever the size of the file.</summary>
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
    private readonly Stream _stream;
    private readonly bool _isCompressed;
    private readonly NativeBlock _buffer;

    // One of the two; not an interface, because every frame goes through it.
    private readonly ClassicFormat? _classic;
    private readonly PcapngFormat? _blocks;
    private long _bufferOffset;
    private long _toPass;
    private int _at;
    private int _filled;
    private string? _flaw;
    private string? _readError;

    /// <summary>Opens <paramref name="file"/> and reads its header.</summary>
    /// <exception cref="RecvException">There is no such file, or it is not a capture (exit code 2), or the host refuses
    /// it (3).</exception>
    public PcapReader(string file)
    {
        _file = file;
        _stream = CaptureFile.Open(file, out _isCompressed);
        try
        {
            _buffer = NativeBlock.Allocate(BufferBytes, "reading a capture");
            Fill();
            if (_readError is not null && _filled == 0) throw _isCompressed
                ? RecvException.BadUsage($"capture '{file}' cannot be unpacked: {_readError}; check it with gzip -t")
                : RecvException.HostRefused($"capture '{file}' cannot be read: {_readError}");
            ReadOnlySpan<byte> front = _buffer.Span(0, _filled);
            RefuseOthers(front);
            if (PcapngFormat.Is(front)) _blocks = new PcapngFormat(front, file);
            else _classic = new ClassicFormat(front, file, out _at);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True when there are no more frames.</summary>
    public bool Ended { get; private set; }

    /// <summary>Frames that the recording program says it lost, as far as the file has been read.</summary>
    public long Dropped => _blocks?.Dropped ?? 0;

    /// <summary>Where and why the file ended before its time, in one line; null when it is whole so far.</summary>
    public string? Damage => _flaw is null
        ? null
        : $"capture '{_file}' is damaged at offset {_bufferOffset + _at}{(_isCompressed ? " of its unpacked data" : "")}: "
            + $"{_flaw}; what came before was read";

    /// <summary>The next frame of the buffer; false when a <see cref="Refill"/> is needed first, or at the
    /// end.</summary>
    public bool TryRead(out PcapFrame frame)
    {
        frame = default;
        while (!Ended && PassOver())
        {
            ReadOnlySpan<byte> rest = _buffer.Span(_at, _filled - _at);
            CaptureStep step = _classic is not null
                ? _classic.Next(rest, out frame, out long bytes)
                : _blocks!.Next(rest, out frame, out bytes);
            switch (step)
            {
                case CaptureStep.Frame:
                    _at += (int)bytes;
                    return true;
                case CaptureStep.Passed:
                    _toPass = bytes;
                    break;
                case CaptureStep.Damaged:
                    End(_classic?.Flaw ?? _blocks!.Flaw);
                    return false;
                default:
                    return false;
            }
        }
        return false;
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
        if (_readError is not null) End(_readError);
        else End(left == 0 && _toPass == 0 ? null : "the file ends inside a frame or block, "
            + (left > 0 ? $"{left} bytes are left" : $"{_toPass} bytes of it are missing"));
        return false;
    }

    public void Dispose()
    {
        Ended = true;
        _stream.Dispose();
        _buffer?.Dispose();
    }

    private void RefuseOthers(ReadOnlySpan<byte> front)
    {
        if (front.Length == 0)
            throw RecvException.BadUsage($"capture '{_file}' is empty (0 bytes), not even a header; record it again");
        if (Packer(front) is { } packer)
            throw RecvException.BadUsage($"capture '{_file}' is compressed ({packer}): unpack it with {packer} -d");
        if (PcapngFormat.Is(front) || ClassicFormat.Is(front)) return;
        throw RecvException.BadUsage(front.Length < sizeof(uint)
            ? $"capture '{_file}' has {front.Length} bytes, less than any header; record it again"
            : $"'{_file}' is not a capture: it starts with {Convert.ToHexStringLower(front[..4])}, not as pcap or pcapng do");
    }

    // The programs whose files are met besides gzip's, by what these begin with.
    private static string? Packer(ReadOnlySpan<byte> front) =>
        front.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]) ? "zstd"
        : front.StartsWith("BZh"u8) ? "bzip2"
        : front.StartsWith<byte>([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? "xz"
        : front.StartsWith<byte>([0x04, 0x22, 0x4d, 0x18]) ? "lz4"
        : null;

    /// <summary>Goes on to the next record; false when the rest of this one has not been read.</summary>
    private bool PassOver()
    {
        int bytes = (int)Math.Min(_toPass, _filled - _at);
        _at += bytes;
        _toPass -= bytes;
        return _toPass == 0;
    }

    private void End(string? flaw)
    {
        _flaw = flaw;
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
                read = _stream.Read(_buffer.Span(_filled, BufferBytes - _filled));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _readError = FileRefusal.Reason(failure);
        }
        catch (InvalidDataException)
        {
            _readError = "the gzip data are damaged or cut off";
        }
        return _filled > before;
    }
}
