using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>time.h: short waits.</summary>
internal static unsafe partial class Libc
{
    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct time_spec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    /// <summary>Returns 0, or -1 when a signal cut the sleep short. <paramref name="rem"/>: what is left, or null.</summary>
    [LibraryImport(Library)]
    public static partial int nanosleep(time_spec* req, time_spec* rem);

    /// <summary>Sleeps for less than a second, to a few microseconds where <see cref="SetTimerSlack"/> was called before.</summary>
    // Whoever calls it once, to have it compiled, must not have compiled a copy of its own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SleepNanoseconds(long nanoseconds)
    {
        time_spec request = new() { tv_nsec = Math.Min(nanoseconds, 999_999_999) };
        _ = nanosleep(&request, null);
    }
}
