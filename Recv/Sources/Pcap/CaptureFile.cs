using System.IO.Compression;
using Recv.Files;

namespace Recv.Sources.Pcap;

/// <summary>Opens a capture: a file or a pipe, plain or compressed with gzip.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class CaptureFile
{
    /// <summary>The word of other tools for standard input.</summary>
    public const string StandardInput = "-";

    // A gzip member begins with 1f 8b (RFC 1952).
    private const int MagicBytes = 2;

    // Without it .NET takes a gzip file that is cut off for one that has ended.
    private const string TellsCuts = "System.IO.Compression.UseStrictValidation";

    static CaptureFile()
    {
        // For the whole process; a host that has decided about it is left alone.
        if (!AppContext.TryGetSwitch(TellsCuts, out _)) AppContext.SetSwitch(TellsCuts, true);
    }

    /// <summary>Whether a file can be looked at and read again later: a pipe cannot, and one that is empty may still be written.</summary>
    public static bool CanBeLookedAt(string file) => File.Exists(file) ? new FileInfo(file).Length > 0 : file != StandardInput;

    /// <summary>The bytes of the capture, unpacked.</summary>
    /// <param name="file">Path, or <c>-</c> for standard input.</param>
    /// <param name="isCompressed">Whether they are being unpacked.</param>
    /// <param name="isRegular">Whether it is on a disk, so that nobody is waited for.</param>
    /// <exception cref="RecvException">There is no such file (exit code 2), or the host refuses it (3).</exception>
    public static Stream Open(string file, out bool isCompressed, out bool isRegular)
    {
        (isCompressed, isRegular) = (false, false);
        Stream? stream = null;
        try
        {
            if (Directory.Exists(file)) throw new IOException("is a folder");
            // A stream, because that can be a pipe as well; without a buffer, because the reader has one.
            stream = new FileStream(file == StandardInput ? "/dev/stdin"
                : file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
            isRegular = stream.CanSeek;
            byte[] front = new byte[MagicBytes];
            int read = stream.ReadAtLeast(front, MagicBytes, throwOnEndOfStream: false);
            Stream whole = new PrefixedStream(front.AsMemory(0, read), stream);
            isCompressed = front is [0x1f, 0x8b];
            return isCompressed ? new GZipStream(whole, CompressionMode.Decompress) : whole;
        }
        catch (Exception failure) when (FileRefusal.Is(failure))
        {
            stream?.Dispose();
            throw FileRefusal.Read($"capture '{file}'", file, failure);
        }
    }
}
