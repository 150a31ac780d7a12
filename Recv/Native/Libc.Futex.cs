using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>futex(2): a thread sleeps until another says that a word in memory has changed.</summary>
internal static unsafe partial class Libc
{
    /// <summary>linux/futex.h; private, since no other process maps the word.</summary>
    public const int FUTEX_WAIT_PRIVATE = 128;

    /// <inheritdoc cref="FUTEX_WAIT_PRIVATE"/>
    public const int FUTEX_WAKE_PRIVATE = 129;

    /// <summary>Sleeps while the word has this value. May return without cause (a signal, another's wake-up): look again.</summary>
    public static void WaitWhile(int* word, int value) => _ = syscall(SystemCalls.Here.Futex, word, FUTEX_WAIT_PRIVATE, value, 0);

    /// <summary>Wakes all that sleep on the word.</summary>
    public static void WakeAll(int* word) => _ = syscall(SystemCalls.Here.Futex, word, FUTEX_WAKE_PRIVATE, int.MaxValue, 0);

    // Its errors are reasons to look again, so they are not asked for.
    [LibraryImport(Library)]
    private static partial nint syscall(nint number, int* word, nint operation, nint value, nint timeout);
}
