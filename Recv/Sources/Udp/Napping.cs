using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Decides whether to sleep a moment before blocking, so that one waking serves many datagrams.</summary>
/// <remarks>
/// <para>Being woken costs more than receiving: a thread that is woken for each of 10,000 buffers a second spends most of
/// its time on that. A nap has no waker, so the sender is relieved as well. It pays when it finds two messages or more. Where
/// it does not, it is tried ever more rarely, so a slow feed costs what blocking costs.</para>
/// <para><b>Threading:</b> the receive thread.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed class Napping
{
    /// <summary>Longest nap unless the user names one: longer ones gain little and cost latency.</summary>
    public const int LongestMicroseconds = 500;

    /// <summary>A shorter nap ends before a second message comes, at rates that one core can carry.</summary>
    public const int ShortestMicroseconds = 50;

    /// <summary>Messages that a nap must find to have been better than being woken.</summary>
    private const int Worthwhile = 2;

    /// <summary>Most waits in a row that go by without a try.</summary>
    private const int MostSkipped = 63;

    /// <summary>40 Gb/s, more than one receive thread carries.</summary>
    private const long FastestBytesPerSecond = 5_000_000_000;

    private readonly long _nanoseconds;
    private int _skipped;
    private int _toSkip;
    private bool _napped;

    /// <summary>Naps of a given length; with 0 never.</summary>
    public Napping(int microseconds)
    {
        _nanoseconds = microseconds * 1000L;
        // The first call of a C function binds it, which allocates: now rather than on the receive thread.
        Libc.SleepNanoseconds(0);
    }

    /// <summary>The nap for a socket buffer: a quarter of it must hold what the fastest feed sends meanwhile. 0 when the
    /// buffer is too small for any.</summary>
    /// <param name="bufferBytes">The smallest buffer of the sockets, as the kernel accounts it.</param>
    public static int MicrosecondsFor(long bufferBytes)
    {
        long most = bufferBytes / 4 * 1_000_000 / FastestBytesPerSecond;
        return most < ShortestMicroseconds ? 0 : (int)Math.Min(most, LongestMicroseconds);
    }

    /// <summary>Whether to nap now that the sockets are empty.</summary>
    /// <param name="messages">Messages since the last wait.</param>
    public bool IsDue(int messages)
    {
        if (_nanoseconds == 0) return false;
        if (_napped) Judge(messages);
        _napped = _skipped >= _toSkip;
        if (!_napped) _skipped++;
        return _napped;
    }

    /// <summary>Sleeps.</summary>
    public void Sleep() => Libc.SleepNanoseconds(_nanoseconds);

    /// <summary>The nap brought nothing at all, so somebody will wake us.</summary>
    public void FoundNothing()
    {
        Judge(0);
        _napped = false;
    }

    private void Judge(int messages)
    {
        _toSkip = messages >= Worthwhile ? 0 : Math.Min(2 * _toSkip + 1, MostSkipped);
        _skipped = 0;
    }
}
