using System.Globalization;
using Recv.Native;

namespace Recv.Files;

/// <summary>Reads the text files that people write for Recv: layouts, scenarios, configurations.</summary>
/// <remarks>
/// Each is a page or two. A device has no end and a pipe may never begin, so neither is opened; nor is a file that is larger than any
/// such text, which is another file than the one that was meant. <b>Threading:</b> pure.
/// </remarks>
internal static class HandWrittenFile
{
    /// <summary>Bytes that a file may have.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>The text of a file.</summary>
    /// <param name="what">What it is to the user: <c>layout 'mine.yaml'</c>, <c>--scenario vector.json</c>.</param>
    /// <param name="file">Its path.</param>
    /// <exception cref="RecvException">It is not there, no file or too large (exit code 2), or may not be read (3).</exception>
    public static string Read(string what, string file)
    {
        try
        {
            if (!Directory.Exists(file) && Libc.KindOf(file) is not (0 or Libc.S_IFREG))
                throw RecvException.BadUsage($"{what} is a device or a pipe; name a file (a pipe's contents can be written into one)");
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (stream.Length > MostBytes) throw TooLarge(what, stream.Length.ToString(CultureInfo.InvariantCulture));
            // One that grows, or that tells no length as those of /proc do, is held to the same bound.
            using var reader = new StreamReader(stream);
            char[] text = new char[MostBytes + 1];
            int length = reader.ReadBlock(text);
            return length <= MostBytes ? new string(text, 0, length) : throw TooLarge(what, $"more than {MostBytes}");
        }
        catch (Exception failure) when (FileRefusal.Is(failure))
        {
            throw FileRefusal.Read(what, file, failure);
        }
    }

    private static RecvException TooLarge(string what, string bytes) =>
        RecvException.BadUsage($"{what}: {bytes} bytes, where {MostBytes} are the most that it can have; name the right file");
}
