using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>What the paced sender needs of the C library: short waits.</summary>
internal static unsafe partial class Libc
{
    /// <summary>
    /// prctl: how much later than asked a sleep of this thread may end, in nanoseconds (linux/prctl.h).
    /// </summary>
    public const int PR_SET_TIMERSLACK = 29;

    /// <summary>
    /// Returns 0, or -1 when a signal cut the sleep short. Arguments: seconds and nanoseconds; what is left, or null.
    /// </summary>
    [LibraryImport(Library)]
    public static partial int nanosleep(long* req, long* rem);

    [LibraryImport(Library)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    /// <summary>
    /// Sleeps for less than a second, to a few microseconds where <see cref="SetTimerSlack"/> was called before.
    /// </summary>
    public static void SleepNanoseconds(long nanoseconds)
    {
        long* request = stackalloc long[2] { 0, Math.Min(nanoseconds, 999_999_999) };
        _ = nanosleep(request, null);
    }

    /// <summary>
    /// Lets the sleeps of this thread end no later than this after their time. The kernel's own value is 50 us.
    /// </summary>
    public static void SetTimerSlack(int nanoseconds) => _ = prctl(PR_SET_TIMERSLACK, (nuint)nanoseconds, 0, 0, 0);
}
