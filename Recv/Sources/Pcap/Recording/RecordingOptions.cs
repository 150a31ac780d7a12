using Recv.Files;

namespace Recv.Sources.Pcap.Recording;

/// <summary>What is recorded, for how long, and into which files.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record RecordingOptions
{
    /// <summary>The smallest file that makes sense to rotate: a buffer is never split.</summary>
    public const long LeastRotateBytes = 1 << 20;

    /// <summary>The file, or with <see cref="RotateBytes"/> the pattern of the files: <c>feed.pcapng</c> gives
    /// <c>feed-00001.pcapng</c>, <c>feed-00002.pcapng</c>, ….</summary>
    public required string File { get; init; }

    /// <summary>Ends after so long; null: when the source ends or somebody stops it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Ends before the files together have more bytes than this; null: never.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Ends after so many datagrams; null: never.</summary>
    public long? MaxPackets { get; init; }

    /// <summary>Begins a new file before one has more bytes than this; null: one file.</summary>
    public long? RotateBytes { get; init; }

    /// <summary>Keeps so many of the newest files and deletes the older ones; null: keeps all.</summary>
    public int? Files { get; init; }

    /// <summary>Waits for the disk instead of losing datagrams: for sources that can wait, captures. Default false.</summary>
    public bool WaitForDisk { get; init; }

    /// <summary>Buffers of <see cref="BufferBytes"/> between receiving and writing. Default 64, with the default size 64 MiB:
    /// half a second at 1 Gb/s.</summary>
    public int Buffers { get; init; } = 64;

    /// <summary>Bytes of a buffer. Default 1 MiB: a disk likes large writes.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>Opens a file for writing; a test gives one that fails. Default: a new file, never over an old one.</summary>
    internal Func<string, Stream> Open { get; init; } = NewFile.Open;

    internal void Check()
    {
        if (RotateBytes < LeastRotateBytes) throw RecvException.BadSetting($"{Setting.Rotate} {RotateBytes}: give at least 1M");
        if (Files is < 1) throw RecvException.BadSetting($"{Setting.Files} {Files}: keep at least 1");
        if (Files is not null && RotateBytes is null)
            throw RecvException.BadSetting(
                $"{Setting.Files} {Files} keeps the newest files; say with {Setting.Rotate} 1G when to start a new one");
        if (MaxPackets < 1) throw RecvException.BadSetting($"{Setting.Packets} {MaxPackets}: give at least 1");
        if (Duration is { Ticks: <= 0 } never) throw RecvException.BadSetting($"{Setting.Seconds} {never.TotalSeconds}: give more than 0");
    }
}
