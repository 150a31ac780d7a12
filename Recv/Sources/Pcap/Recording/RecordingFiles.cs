using System.Globalization;
using Recv.Files;

namespace Recv.Sources.Pcap.Recording;

/// <summary>The files of a recording: begins them, rotates them, ends them so that each can be read by itself.</summary>
/// <remarks><b>Threading:</b> the writing thread. <b>Owns:</b> the open file.</remarks>
internal sealed class RecordingFiles : IDisposable
{
    // What the end of a file needs: the statistics block, with room to spare.
    private const int TailBytes = 256;

    private readonly RecordingOptions _options;
    private readonly byte[] _head;
    private readonly Queue<string> _kept = new();
    private Stream? _stream;
    private int _number;
    private long _recorded;
    private long _closedBytes;
    private long _written;
    private long _lost;
    private long _kernelDropped;
    private long _last;

    /// <summary>Begins the first file, so that a mistake is found before anything is received.</summary>
    public RecordingFiles(RecordingOptions options, byte[] head)
    {
        _options = options;
        _head = head;
        if (options.RotateBytes is not null) RefuseOldFiles();
        Begin();
    }

    /// <summary>Files begun.</summary>
    public int Count => _number;

    /// <summary>The one that is being written, or was last.</summary>
    public string Current { get; private set; } = "";

    /// <summary>Bytes of it that are whole blocks on the disk.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes => _closedBytes + Bytes;

    /// <summary>Datagrams on the disk, in all files. Read by any thread.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Bytes of the head and the tail of a file.</summary>
    public static int Frame(byte[] head) => head.Length + TailBytes;

    /// <summary>Appends blocks, to a new file when the old one would grow too large.</summary>
    /// <param name="buffer">The blocks.</param>
    /// <param name="lost">Datagrams lost so far for want of buffers.</param>
    /// <param name="kernelDropped">Datagrams dropped so far by the kernel.</param>
    public void Write(RecordingBuffer buffer, long lost, long kernelDropped)
    {
        if (_recorded > 0 && Bytes + buffer.Filled + TailBytes > _options.RotateBytes)
        {
            End(lost, kernelDropped);
            Begin();
        }
        _last = buffer.LastNanoseconds;
        long before = Bytes;
        try
        {
            Append(buffer.Blocks);
        }
        finally
        {
            int done = (int)(Bytes - before);
            int packets = done == buffer.Filled ? buffer.Packets : PcapngBlocks.Whole(buffer.Blocks, done).Count;
            _recorded += packets;
            Volatile.Write(ref _written, _written + packets);
        }
    }

    /// <summary>Writes the statistics of the file and closes it.</summary>
    public void End(long lost, long kernelDropped)
    {
        if (_stream is null) return;
        Append(PcapngBlocks.Statistics(_last, _recorded, lost - _lost, kernelDropped - _kernelDropped));
        (_lost, _kernelDropped, _recorded) = (lost, kernelDropped, 0);
        Dispose();
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private void Begin()
    {
        _number++;
        Current = _options.RotateBytes is null ? _options.File : Numbered(_number);
        (_closedBytes, Bytes) = (TotalBytes, 0);
        try
        {
            _stream = _options.Open(Current);
            Append(_head);
        }
        catch (Exception failure) when (FileRefusal.Is(failure))
        {
            // Without its head it is no capture.
            if (_stream is not null && NewFile.CanBeReplaced(_stream, Current)) File.Delete(Current);
            Dispose();
            throw FileRefusal.Write($"capture '{Current}'", Current, failure);
        }
        _kept.Enqueue(Current);
        if (_options.Files is { } files && _kept.Count > files) File.Delete(_kept.Dequeue());
    }

    /// <summary>A later file that is in the way is found now, not when the recording has come to it.</summary>
    private void RefuseOldFiles()
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(_options.File)) ?? "/";
        if (!Directory.Exists(folder)) return;
        string start = Path.GetFileNameWithoutExtension(_options.File) + "-";
        string end = Path.GetExtension(_options.File);
        string? old = Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Where(name =>
            name.Length >= start.Length + 5 + end.Length && name.StartsWith(start, StringComparison.Ordinal)
            && name.EndsWith(end, StringComparison.Ordinal) && name[start.Length..^end.Length].All(char.IsAsciiDigit))
            .Min(StringComparer.Ordinal);
        if (old is not null) throw FileRefusal.There($"capture '{Path.Combine(Path.GetDirectoryName(_options.File) ?? "", old)}'");
    }

    private string Numbered(int number) => Path.Combine(
        Path.GetDirectoryName(_options.File) ?? "",
        string.Create(CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(_options.File)}-{number:D5}{Path.GetExtension(_options.File)}"));

    private void Append(ReadOnlySpan<byte> blocks)
    {
        try
        {
            _stream!.Write(blocks);
            Bytes += blocks.Length;
        }
        catch (IOException)
        {
            Bytes += CutToWhole(blocks);
            throw;
        }
    }

    /// <summary>
    /// A disk that is full has taken a part of what it was given: whole blocks of that are kept, and room to say at the end what was lost.
    /// </summary>
    /// <returns>Bytes that are kept.</returns>
    private int CutToWhole(ReadOnlySpan<byte> blocks)
    {
        try
        {
            int whole = PcapngBlocks.Whole(blocks, _stream!.Length - Bytes - TailBytes).Bytes;
            _stream.SetLength(Bytes + whole);
            _stream.Position = Bytes + whole;
            return whole;
        }
        catch (Exception failure) when (FileRefusal.Is(failure))
        {
            // What cannot be cut (a pipe, a device) cannot be fixed either; the first failure is the one to tell.
            return 0;
        }
    }
}
