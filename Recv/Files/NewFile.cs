namespace Recv.Files;

/// <summary>Opens files for writing that the user named, and never over one that is there.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class NewFile
{
    /// <summary>A new file, unbuffered; of what is there only devices and pipes are opened, which nothing can replace.</summary>
    /// <exception cref="IOException">A file is there (<see cref="FileRefusal.IsThere"/>), or it cannot be made.</exception>
    public static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (IOException failure) when (FileRefusal.IsThere(failure) && File.Exists(file))
        {
            // Opened without a change to it, to see what it is.
            var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            if (!CanBeReplaced(stream, file)) return stream;
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is a file, which can be removed again; not a device or pipe.</summary>
    public static bool CanBeReplaced(Stream stream, string file) =>
        stream.CanSeek && !Path.GetFullPath(file).StartsWith("/dev/", StringComparison.Ordinal);
}
