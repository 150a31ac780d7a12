using System.Runtime.InteropServices;

// The names are C's, all lower case.
#pragma warning disable CS8981

namespace Recv.Native;

/// <summary>sched.h, sys/resource.h, sys/prctl.h, signal.h and linux/membarrier.h: this process and its threads.</summary>
internal static unsafe partial class Libc
{
    /// <summary>First in, first out among threads of one priority, before all ordinary ones (linux/sched.h).</summary>
    public const int SCHED_FIFO = 1;

    /// <summary>What this thread starts is ordinary again.</summary>
    public const int SCHED_RESET_ON_FORK = 0x40000000;

    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_MEMLOCK = 8;

    /// <summary>prctl: how much later than asked a sleep of this thread may end, in nanoseconds.</summary>
    public const int PR_SET_TIMERSLACK = 29;

    public const int SIGINT = 2;
    public const nint SIG_DFL = 0;
    public const nint SIG_IGN = 1;

    /// <summary>A limit of the process (asm-generic/resource.h); all ones for none.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

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

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getrlimit(int resource, rlimit* rlim);

    [LibraryImport(Library)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    /// <summary>Lets the sleeps of this thread end no later than this after their time. The kernel's own value is 50 us.</summary>
    public static void SetTimerSlack(int nanoseconds) => _ = prctl(PR_SET_TIMERSLACK, (nuint)nanoseconds, 0, 0, 0);

    /// <summary>Sets the disposition of a signal; returns the one before.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint signal(int signum, nint handler);

    /// <summary>The commands of membarrier(2) that this kernel has (MEMBARRIER_CMD_QUERY), a bit each; -1 when it has none.</summary>
    public static int MembarrierCommands() => (int)syscall(SystemCalls.Here.Membarrier, 0, 0, 0);
}
