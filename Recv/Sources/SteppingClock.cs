using System.Globalization;

namespace Recv.Sources;

/// <summary>
/// Time by the datagrams of a feed whose clock may be set meanwhile: a time earlier than the one before, or absurdly later, is a step, and
/// time goes on from there.
/// </summary>
/// <remarks>
/// Frames of several queues or files overtake each other by a little; that is no step. <b>Threading:</b> one thread.
/// </remarks>
/// <param name="maxGapSeconds">More than this between two datagrams is a step.</param>
/// <param name="said">Told of each step, a line, up to some.</param>
internal sealed class SteppingClock(double maxGapSeconds = SteppingClock.DefaultMaxGapSeconds, Action<string>? said = null)
{
    /// <summary>Longer than feeds are silent, shorter than clocks are set by.</summary>
    public const double DefaultMaxGapSeconds = 10;

    // What queues of a card are apart; a clock that was set back by less costs a burst of as much.
    private const long OvertakingNanoseconds = 10_000_000;

    // A clock that is set with each datagram would fill the screen.
    private const int MostLines = 8;

    private readonly long _maxGap = (long)(maxGapSeconds * 1e9);
    private readonly List<string> _steps = [];
    private long _datagrams;
    private long _latest;
    private long _anchor;
    private long _beforeAnchor;
    private bool _hasBegun;

    /// <summary>Nanoseconds from the first datagram on, without the steps.</summary>
    public long Elapsed { get; private set; }

    /// <summary>How often the clock was set.</summary>
    public long StepCount { get; private set; }

    /// <summary>Where and by how much, a line each, up to some.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>A datagram came at this time.</summary>
    public void Add(long arrival)
    {
        _datagrams++;
        if (!_hasBegun)
        {
            (_hasBegun, _anchor, _latest) = (true, arrival, arrival);
            return;
        }
        long step = unchecked(arrival - _latest);
        if (step < -OvertakingNanoseconds || step > _maxGap) Step(arrival, step);
        else if (step > 0) _latest = arrival;
        Elapsed = _beforeAnchor + _latest - _anchor;
    }

    private void Step(long arrival, long step)
    {
        _beforeAnchor += _latest - _anchor;
        (_anchor, _latest) = (arrival, arrival);
        StepCount++;
        if (_steps.Count == MostLines) return;
        string from = $"before datagram {_datagrams} ({At(arrival)})";
        string line = step < 0 ? $"the clock of the capture steps back by {Seconds(-step)} s {from}: time goes on from there"
            : $"the clock of the capture jumps ahead by {Seconds(step)} s {from}, more than {Seconds(_maxGap)} s: that is left out";
        _steps.Add(_steps.Count == MostLines - 1 ? line + "; further ones are not told" : line);
        said?.Invoke(_steps[^1]);
    }

    private static string Seconds(long nanoseconds) => (nanoseconds / 1e9).ToString("0.######", CultureInfo.InvariantCulture);

    private static string At(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + " UTC";
}
