namespace Recv.Files;

/// <summary>Puts into our words why a file that the user named cannot be read or written.</summary>
/// <remarks>
/// A name that leads nowhere is a mistake of the command line (exit code 2); a file that is there but not available is a
/// refusal of the host (3). <b>Threading:</b> pure.
/// </remarks>
internal static class FileRefusal
{
    // errno in the low bits of the HResult, as .NET on Linux gives it.
    private const int Exists = 17;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>What <see cref="Read"/> and <see cref="Write"/> have words for.</summary>
    public static bool Is(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <summary>Whether the disk, or the share of it that we may have, is full.</summary>
    public static bool IsFull(Exception failure) =>
        failure is IOException && Errno(failure) is NoSpace or QuotaExceeded;

    /// <summary>Whether a file that was to be new is there.</summary>
    public static bool IsThere(Exception failure) => failure is IOException && Errno(failure) == Exists;

    private static int Errno(Exception failure) => failure.HResult & 0xffff;

    /// <summary>The refusal to write over a file.</summary>
    public static RecvException There(string what, Exception? failure = null) =>
        RecvException.BadUsage($"{what} is there already; name another file or remove it", failure);

    /// <summary>The refusal to read <paramref name="file"/>.</summary>
    /// <param name="what">What it is to the user: <c>capture 'feed.pcap'</c>, <c>--scenario vector.json</c>.</param>
    /// <param name="file">Its path.</param>
    /// <param name="failure">What .NET said.</param>
    public static RecvException Read(string what, string file, Exception failure)
    {
        if (Directory.Exists(file)) return RecvException.BadUsage($"{what} is a folder; name a file in it", failure);
        return failure switch
        {
            FileNotFoundException or DirectoryNotFoundException =>
                RecvException.BadUsage($"{what} does not exist; check the path", failure),
            UnauthorizedAccessException =>
                RecvException.HostRefused($"{what} may not be read by this user; chmod it or run as its owner", failure),
            ArgumentException or NotSupportedException =>
                RecvException.BadUsage($"{what} is not the name of a file; check the path", failure),
            _ => RecvException.HostRefused($"{what} cannot be read: {Reason(failure)}", failure),
        };
    }

    /// <summary>The refusal to write <paramref name="file"/>.</summary>
    public static RecvException Write(string what, string file, Exception failure)
    {
        if (Directory.Exists(file)) return RecvException.BadUsage($"{what} is a folder; name a file in it", failure);
        if (IsThere(failure)) return There(what, failure);
        if (IsFull(failure)) return RecvException.HostRefused($"{what}: no space is left there; free some or write elsewhere", failure);
        return failure switch
        {
            FileNotFoundException or DirectoryNotFoundException when Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) =>
                RecvException.HostRefused($"{what} cannot be made: its folder takes no new files; name a folder on a disk", failure),
            FileNotFoundException or DirectoryNotFoundException => RecvException.BadUsage(
                $"{what} cannot be written, its folder does not exist; make it: mkdir -p '{Path.GetDirectoryName(file)}'", failure),
            UnauthorizedAccessException => RecvException.HostRefused(
                $"{what} may not be written by this user; name a file in a folder that is yours", failure),
            ArgumentException or NotSupportedException =>
                RecvException.BadUsage($"{what} is not the name of a file; check the path", failure),
            _ => RecvException.HostRefused($"{what} cannot be written: {Reason(failure)}", failure),
        };
    }

    /// <summary>The system's own word for it, without .NET's sentence around it.</summary>
    public static string Reason(Exception failure)
    {
        string text = failure.Message.ReplaceLineEndings(" ");
        int colon = text.IndexOf(" : ", StringComparison.Ordinal);
        return (colon < 0 ? text : text[..colon]).TrimEnd('.');
    }
}
