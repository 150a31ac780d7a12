using System.Collections.Immutable;
using System.Globalization;
using Recv.Files;
using Recv.Memory;

namespace Recv.Sources.Pcap;

/// <summary>Reads the frames of captures, one after the other, through two buffers, whatever the size of the files.</summary>
/// <remarks>
/// <para>Frames are lent out of the buffers until the next <see cref="BeginBatch"/>; the second buffer is there so that a batch does not
/// end where a buffer or a file does. A file that is damaged ends where the damage begins: what came before is given, the next file is gone
/// on with, and <see cref="Damage"/> says the rest. A capture behind a capture in one file is read as a file of its own.</para>
/// <para><b>Threading:</b> one thread; <see cref="Warnings"/> any. <b>Owns:</b> the files and the buffers.</para>
/// </remarks>
internal sealed class PcapReader : IDisposable
{
    /// <summary>The longest frame that tools record (MAXIMUM_SNAPLEN of libpcap); a longer one is a damaged
    /// length.</summary>
    public const int MaxFrameBytes = 256 * 1024;

    /// <summary>Bytes of each buffer: several of the longest frames, and what fits into the L2 cache of a core.</summary>
    public const int BufferBytes = 1024 * 1024;

    // What is left of a buffer behind the end of a file, at least, to begin the next file there.
    private const int RoomForFile = 128 * 1024;

    private const int BytesOfLook = 4096;

    // Said of so many files and places; a list of thousands helps nobody.
    private const int MostLines = 16;

    private readonly IReadOnlyList<string> _files;
    private readonly NativeBlock[] _buffers = new NativeBlock[2];
    private NativeBlock _buffer;
    private Stream? _stream;
    private string _file = "";
    private int _fileIndex = -1;
    private bool _isCompressed, _isRegular;

    // One of the two; not an interface, because every frame goes through it.
    private ClassicFormat? _classic;
    private PcapngFormat? _blocks;
    private long _bufferOffset;
    private long _toPass;
    private int _at;
    private int _filled;
    private bool _hasSwitched;
    private bool _isOver;
    private string? _readError;
    private long _droppedBefore;
    private long _arrival, _arrivalBefore;
    private ImmutableArray<string> _damage = [];
    private ImmutableArray<string> _warnings = [];

    /// <summary>Opens the first of <paramref name="files"/>, reads its header, and looks at those of the others.</summary>
    /// <exception cref="RecvException">One is not there, or is not a capture (exit code 2), or the host refuses
    /// it (3).</exception>
    public PcapReader(IReadOnlyList<string> files)
    {
        _files = files;
        try
        {
            for (int i = 0; i < _buffers.Length; i++) _buffers[i] = NativeBlock.Allocate(BufferBytes, "reading a capture");
            _buffer = _buffers[0];
            // Found out now rather than after an hour; of a pipe only its name can be looked at.
            for (int i = files.Count - 1; i > 0; i--) if (CaptureFile.CanBeLookedAt(files[i])) Look(i);
            Begin(0);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>True when there are no more frames.</summary>
    public bool Ended { get; private set; }

    /// <summary>Frames that the recording programs say they lost, as far as the files have been read.</summary>
    public long Dropped => _droppedBefore + (_blocks?.Dropped ?? 0);

    /// <summary>Where and why files ended before their time, in one line; null when they are whole so far.</summary>
    public string? Damage => _damage.IsEmpty ? null : string.Join("; ", _damage);

    /// <summary>What else is to be known of the files, a line each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Takes back all frames that were lent.</summary>
    public void BeginBatch() => _hasSwitched = false;

    /// <summary>The next frame of the buffer; false when a <see cref="Refill"/> is needed first, or at the
    /// end.</summary>
    public bool TryRead(out PcapFrame frame)
    {
        frame = default;
        while (!_isOver && PassOver())
        {
            ReadOnlySpan<byte> rest = _buffer.Span(_at, _filled - _at);
            CaptureStep step = _classic is not null
                ? _classic.Next(rest, out frame, out long bytes)
                : _blocks!.Next(rest, out frame, out bytes);
            switch (step)
            {
                case CaptureStep.Frame:
                    _at += (int)bytes;
                    if (_arrivalBefore != 0) Compare(frame.ArrivalNanoseconds);
                    _arrival = frame.ArrivalNanoseconds;
                    return true;
                case CaptureStep.Passed:
                    _toPass = bytes;
                    break;
                case CaptureStep.Another when TryBeginAnother():
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

    /// <summary>Reads on. False at the end, and where frames that are lent leave no room.</summary>
    /// <param name="isLent">Whether frames of this batch are lent.</param>
    public bool Refill(bool isLent)
    {
        // Who writes a pipe may make us wait: then what is there goes first.
        if (Ended || isLent && !_isRegular || !MakeRoom(isLent)) return false;
        if (!_isOver)
        {
            if (Fill()) return true;
            int left = _filled - _at;
            End(_readError ?? (left == 0 && _toPass == 0 ? null : "the file ends inside a frame or block, "
                + (left > 0 ? $"{left} bytes are left" : $"{_toPass} bytes of it are missing")));
            if (Ended) return false;
        }
        BeginNext();
        return true;
    }

    public void Dispose()
    {
        Ended = _isOver = true;
        _stream?.Dispose();
        foreach (NativeBlock? buffer in _buffers) buffer?.Dispose();
    }

    /// <summary>Begins a file behind what the buffer holds.</summary>
    private void Begin(int index, int until = BufferBytes)
    {
        _stream?.Dispose();
        (_fileIndex, _file) = (index, _files[index]);
        (_at, _toPass, _readError, _isOver) = (_filled, 0, null, false);
        _bufferOffset = -_filled;
        _stream = CaptureFile.Open(_file, out _isCompressed, out _isRegular);
        Fill(until);
        ReadOnlySpan<byte> front = _buffer.Span(_at, _filled - _at);
        if (_readError is not null && front.IsEmpty) throw _isCompressed
            ? RecvException.BadUsage($"capture '{_file}' cannot be unpacked: {_readError}; check it with gzip -t")
            : RecvException.HostRefused($"capture '{_file}' cannot be read: {_readError}");
        if (OtherFormats.Refusal(_file, front) is { } refusal) throw RecvException.BadUsage(refusal);
        BeginFormat(front);
    }

    /// <summary>Whether a file can be begun, and leaves nothing of it behind.</summary>
    private void Look(int index)
    {
        Begin(index, BytesOfLook);
        (_filled, _classic, _blocks) = (0, null, null);
    }

    private void BeginFormat(ReadOnlySpan<byte> front)
    {
        _droppedBefore += _blocks?.Dropped ?? 0;
        (_classic, _blocks) = (null, null);
        if (PcapngFormat.Is(front)) _blocks = new PcapngFormat(front, _file);
        else
        {
            _classic = new ClassicFormat(front, _file, out int bytes);
            _at += bytes;
        }
    }

    /// <summary>Goes on with the next file; one that can no longer be read is damage as any other.</summary>
    private void BeginNext()
    {
        _arrivalBefore = _arrival;
        try
        {
            Begin(_fileIndex + 1);
        }
        catch (RecvException refusal)
        {
            Add(ref _damage, refusal.Message);
            (_isOver, _at) = (true, _filled);
            Ended = _fileIndex == _files.Count - 1;
        }
    }

    /// <summary>Another capture begins in the middle of a file; false when it is none that we read.</summary>
    private bool TryBeginAnother()
    {
        ReadOnlySpan<byte> front = _buffer.Span(_at, _filled - _at);
        Add(ref _warnings, $"capture '{_file}': another capture begins at offset {_bufferOffset + _at}, as if two files had been joined; "
            + "it is read on from there");
        try
        {
            BeginFormat(front);
            return true;
        }
        catch (RecvException refusal)
        {
            End($"another capture begins here, and {refusal.Message}");
            return false;
        }
    }

    /// <summary>Looks at the first frame of a file.</summary>
    private void Compare(long arrival)
    {
        if (arrival != 0 && arrival < _arrivalBefore)
        {
            string seconds = ((_arrivalBefore - arrival) / 1e9).ToString("0.######", CultureInfo.InvariantCulture);
            Add(ref _warnings, $"capture '{_file}' begins {seconds} s before the end of '{_files[_fileIndex - 1]}', "
                + "which is read before it: name captures in the order of their time (ls -v)");
        }
        _arrivalBefore = 0;
    }

    private static void Add(ref ImmutableArray<string> lines, string line)
    {
        if (lines.Length < MostLines) lines = lines.Add(line.ReplaceLineEndings(" "));
    }

    /// <summary>Makes room behind what is unread, in a buffer that nobody reads.</summary>
    private bool MakeRoom(bool isLent)
    {
        if (isLent && BufferBytes - _filled >= RoomForFile) return true;
        if (isLent && _hasSwitched) return false;
        NativeBlock to = isLent ? _buffers[_buffer == _buffers[0] ? 1 : 0] : _buffer;
        _hasSwitched |= isLent;
        int left = _filled - _at;
        _buffer.Span(_at, left).CopyTo(to.Span(0, left));
        _buffer = to;
        _bufferOffset += _at;
        (_at, _filled) = (0, left);
        return true;
    }

    /// <summary>Goes on to the next record; false when the rest of this one has not been read.</summary>
    private bool PassOver()
    {
        int bytes = (int)Math.Min(_toPass, _filled - _at);
        _at += bytes;
        _toPass -= bytes;
        return _toPass == 0;
    }

    /// <summary>The file is over, whole or not.</summary>
    private void End(string? flaw)
    {
        if (flaw is not null) Add(ref _damage, $"capture '{_file}' is damaged at offset {_bufferOffset + _at}"
            + $"{(_isCompressed ? " of its unpacked data" : "")}: {flaw}; what came before was read");
        (_isOver, _at) = (true, _filled);
        Ended = _fileIndex == _files.Count - 1;
    }

    /// <summary>Fills the buffer as far as the file goes; false when nothing came.</summary>
    private bool Fill(int until = BufferBytes)
    {
        int before = _filled;
        try
        {
            // A pipe gives what it has, so once is not enough even in the middle.
            for (int read = 1; read > 0 && _filled < until; _filled += read)
                read = _stream!.Read(_buffer.Span(_filled, until - _filled));
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
