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
        // Both are run once, and not inlined, so that nothing below them is left for a receive thread to compile.
        Advance();
        WaitWhile(Value - 1, milliseconds: 0);
    }

    /// <summary>The number as it is now.</summary>
    public int Value => Volatile.Read(ref *_word);

    /// <summary>Sleeps while the number is <paramref name="value"/>, so long at most (-1: without limit); may return earlier.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void WaitWhile(int value, int milliseconds) => Libc.WaitWhile(_word, value, milliseconds);

    /// <summary>Adds one and wakes all who sleep.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Advance()
    {
        Interlocked.Increment(ref *_word);
        Libc.WakeAll(_word);
    }
}
