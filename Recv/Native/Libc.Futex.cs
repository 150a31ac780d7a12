namespace Recv.Native;

/// <summary>linux/futex.h: a thread sleeps until another says that a word in memory has changed.</summary>
internal static unsafe partial class Libc
{
    /// <summary>Private, since no other process maps the word.</summary>
    public const int FUTEX_WAIT_PRIVATE = 128;

    /// <inheritdoc cref="FUTEX_WAIT_PRIVATE"/>
    public const int FUTEX_WAKE_PRIVATE = 129;

    /// <summary>Sleeps while the word has this value, so long at most (-1: without limit). May return without cause (a signal, another's
    /// wake-up), and its errors are no more than that: look again.</summary>
    public static void WaitWhile(int* word, int value, int milliseconds)
    {
        (int seconds, int rest) = Math.DivRem(milliseconds, 1000);
        time_spec longest = new() { tv_sec = seconds, tv_nsec = rest * 1_000_000L };
        _ = syscall(SystemCalls.Here.Futex, (nint)word, FUTEX_WAIT_PRIVATE, value, milliseconds < 0 ? 0 : (nint)(&longest));
    }

    /// <summary>Wakes all that sleep on the word.</summary>
    public static void WakeAll(int* word) => _ = syscall(SystemCalls.Here.Futex, (nint)word, FUTEX_WAKE_PRIVATE, int.MaxValue);
}
