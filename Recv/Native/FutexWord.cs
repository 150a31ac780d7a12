using System.Runtime.CompilerServices;

namespace Recv.Native;

/// <summary>A number on which threads sleep until it changes: a futex(2) word.</summary>
/// <remarks><b>Threading:</b> any. <b>Owns:</b> its word, pinned, since it keeps the address while a thread sleeps.</remarks>
[ReceivePath]
internal sealed unsafe class FutexWord
{
    private readonly int[] _pinned = GC.AllocateArray<int>(1, pinned: true);
    private readonly int* _word;

    public FutexWord()
    {
        _word = (int*)Unsafe.AsPointer(ref _pinned[0]);
        // The first call has its stub compiled, which must not happen on a receive thread.
        Libc.WakeAll(_word);
    }

    /// <summary>The number as it is now.</summary>
    public int Value => Volatile.Read(ref *_word);

    /// <summary>Sleeps while the number is <paramref name="value"/>; may return earlier.</summary>
    public void WaitWhile(int value) => Libc.WaitWhile(_word, value);

    /// <summary>Adds one and wakes all who sleep.</summary>
    public void Advance()
    {
        Interlocked.Increment(ref *_word);
        Libc.WakeAll(_word);
    }
}
