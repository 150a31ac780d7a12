using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>
/// The C library and the kernel behind it, names as in the manual pages; numbers are Linux's on x86-64 and arm64. A file for each
/// header, or for a few that belong together: what is in which is said on top of it.
/// </summary>
/// <remarks>
/// <b>Threading:</b> every call is as thread-safe as the system call behind it. Arguments are blittable; a negative
/// result means that <see cref="Marshal.GetLastPInvokeError"/> holds errno.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    /// <summary>syscall(2): a call that the C library does not wrap, by its number in <see cref="SystemCalls"/>. Arguments that it has not
    /// got are not looked at.</summary>
    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d = 0, nint e = 0, nint f = 0);
}
