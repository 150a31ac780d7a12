using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>
/// The C library's memory and scheduling calls, names as in the manual pages. Sockets are in the other half of this class.
/// </summary>
/// <remarks>
/// <b>Threading:</b> every call is as thread-safe as the system call behind it. Arguments are blittable; a negative
/// result means that <see cref="Marshal.GetLastPInvokeError"/> holds errno.
/// </remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_PRIVATE = 0x02;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;
    public const int MAP_HUGETLB = 0x40000;

    /// <summary>madvise: back this range with transparent huge pages where there are any (asm-generic/mman-common.h).</summary>
    public const int MADV_HUGEPAGE = 14;

    public static readonly nint MAP_FAILED = -1;

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, nint offset);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int munmap(nint addr, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int mprotect(nint addr, nuint length, int prot);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int madvise(nint addr, nuint length, int advice);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int mlock(nint addr, nuint length);

    /// <summary>First in, first out among threads of one priority, before all ordinary ones (linux/sched.h).</summary>
    public const int SCHED_FIFO = 1;

    /// <summary>What this thread starts is ordinary again.</summary>
    public const int SCHED_RESET_ON_FORK = 0x40000000;

    /// <summary>Scheduling of one thread; <paramref name="pid"/> 0 is the caller. The argument is a sched_param: one number, the
    /// priority.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int sched_setscheduler(int pid, int policy, ref readonly int sched_priority);

    /// <summary>
    /// Affinity of one thread; <paramref name="pid"/> 0 is the caller. The mask is 64-bit words from <paramref name="mask"/>
    /// on, core 0 lowest.
    /// </summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int sched_setaffinity(int pid, nuint cpusetsize, ref readonly ulong mask);

    /// <summary>Reads the affinity mask of one thread; returns 0.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int sched_getaffinity(int pid, nuint cpusetsize, ref ulong mask);

    public const int SIGINT = 2;
    public const nint SIG_DFL = 0;
    public const nint SIG_IGN = 1;

    /// <summary>Sets the disposition of a signal; returns the one before.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint signal(int signum, nint handler);

    /// <summary>What errno <paramref name="error"/> means, in words.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);
}
