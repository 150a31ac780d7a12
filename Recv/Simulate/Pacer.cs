using System.Diagnostics;
using Recv.Native;

namespace Recv.Simulate;

/// <summary>
/// Says when the next burst may go: a token bucket that holds a few bursts, or 2 ms of a fast stream, so that a late wake-up is made
/// good but a long pause is not.
/// </summary>
/// <remarks><b>Threading:</b> one thread; <see cref="MaxLateness"/> may be read by any.</remarks>
internal sealed class Pacer
{
    /// <summary>Bytes that go out at once: what the kernel takes in one segmented buffer.</summary>
    public const int MaxBurstBytes = 65536;

    // Bursts that may follow each other at once after a pause, counted as they are before the kernel's limit cuts them: 2 ms of a fast
    // stream. On a virtual machine sleeps end some 0.1 ms late and the host takes a core away for a millisecond; with less a stream
    // of 10 Gb/s comes at 7.
    private const int MaxBurstsBehind = 4;

    // Bursts come at least this often, so that slow streams are smooth, too.
    private const double BurstSeconds = 0.5e-3;

    // Below this a sleep would end too late; above this it is short enough to notice a stop.
    private const long SpinNanoseconds = 30_000;
    private const long MaxSleepNanoseconds = 20_000_000;

    private readonly double _nanosecondsPerByte;
    private readonly double _endNanoseconds;
    private readonly double _nanosecondsBehind;
    private double _due;
    private long _started;
    private long _maxLateness;

    /// <summary>A pacer.</summary>
    /// <param name="bytesPerSecond">Rate; 0: not limited.</param>
    /// <param name="maxPacketBytes">A burst has at least one packet.</param>
    /// <param name="endSeconds">After so long nothing is due any more; null: there is no end.</param>
    public Pacer(double bytesPerSecond, int maxPacketBytes, double? endSeconds = null)
    {
        _endNanoseconds = endSeconds * 1e9 ?? double.PositiveInfinity;
        _nanosecondsPerByte = bytesPerSecond > 0 ? 1e9 / bytesPerSecond : 0;
        BurstBytes = bytesPerSecond > 0
            ? (int)Math.Clamp(bytesPerSecond * BurstSeconds, maxPacketBytes, MaxBurstBytes)
            : MaxBurstBytes;
        _nanosecondsBehind = MaxBurstsBehind * Math.Max(BurstSeconds * 1e9, BurstBytes * _nanosecondsPerByte);
    }

    /// <summary>Bytes to gather before asking.</summary>
    public int BurstBytes { get; }

    /// <summary>The longest that a burst was late.</summary>
    public TimeSpan MaxLateness => TimeSpan.FromMicroseconds(Volatile.Read(ref _maxLateness) / 1000);

    /// <summary>Whether a wait has ended because nothing was due before the end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The clock starts now.</summary>
    public void Start() => _due = _started = Now();

    /// <summary>
    /// Waits until <paramref name="bytes"/> may go; false when <paramref name="abort"/> was set, or after a wait until the end when
    /// they are due behind it.
    /// </summary>
    public bool Wait(int bytes, ref readonly bool abort)
    {
        if (_nanosecondsPerByte == 0) return !Volatile.Read(in abort);
        IsOver = _due - _started > _endNanoseconds;
        double due = IsOver ? _started + _endNanoseconds : _due;
        long now = Now();
        while (now < due)
        {
            if (Volatile.Read(in abort)) return false;
            long left = (long)due - now;
            if (left <= SpinNanoseconds) Thread.SpinWait(10);
            else Libc.SleepNanoseconds(Math.Min(left - SpinNanoseconds / 2, MaxSleepNanoseconds));
            now = Now();
        }
        if (IsOver) return false;
        long late = now - (long)_due;
        if (late > _maxLateness) Volatile.Write(ref _maxLateness, late);
        _due = Math.Max(_due, now - _nanosecondsBehind) + bytes * _nanosecondsPerByte;
        return !Volatile.Read(in abort);
    }

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
