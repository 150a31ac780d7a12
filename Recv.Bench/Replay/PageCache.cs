using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recv.Bench.Replay;

/// <summary>A file in the page cache, or not.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static partial class PageCache
{
    private const int BufferBytes = 1 << 20;

    // linux/fadvise.h
    private const int POSIX_FADV_DONTNEED = 4;

    /// <summary>Drops the file from the cache, so that the next reader gets it from the disk.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public static void Drop(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        int error = posix_fadvise((int)file.SafeFileHandle.DangerousGetHandle(), 0, 0, POSIX_FADV_DONTNEED);
        if (error != 0) throw RecvException.HostRefused($"{path}: posix_fadvise failed with {error}; put TMPDIR on a disk");
    }

    /// <summary>Reads the file once, as fast as one thread does with buffers of a mebibyte.</summary>
    /// <returns>Seconds.</returns>
    public static double Read(string path)
    {
        byte[] buffer = new byte[BufferBytes];
        long start = Stopwatch.GetTimestamp();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan))
            while (file.Read(buffer) > 0) { }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    [LibraryImport("libc")]
    private static partial int posix_fadvise(int fd, long offset, long len, int advice);
}
