using System.Collections.Immutable;
using Recv.Sources;

namespace Recv.Simulate.Playback;

/// <summary>Which capture is sent, where to and how fast.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record PlaybackOptions
{
    /// <summary>Seconds of <see cref="MaxGap"/> unless it is given.</summary>
    public const double DefaultMaxGap = SteppingClock.DefaultMaxGapSeconds;

    /// <summary>The captures, one after the other.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>Only datagrams that were sent there; null: all UDP.</summary>
    public EndpointRange? Destination { get; init; }

    /// <summary>Where to. Of several, the first takes what was sent to the destination that comes first in the capture, and
    /// so on in turn: eight groups stay eight groups.</summary>
    public required ImmutableArray<UdpDestination> To { get; init; }

    /// <summary>Gb/s of datagram payload; 0: as fast as it goes. Default 0.</summary>
    [Effect("Sending: Gb/s of datagram payload; 0: as fast as it goes.")]
    public double RateGbps { get; init; }

    /// <summary>Keeps the times of the capture: 1 as they were, 2 twice as fast. Null: does not. Default null.</summary>
    [Effect("Sending: keeps the times of the capture; 1 as recorded, 2 twice as fast.")]
    public double? Speed { get; init; }

    /// <summary>With <see cref="Speed"/>: a longer pause, in seconds of the capture, is a clock that was set, and is not waited for; a step
    /// back is not made up for either. Default 10.</summary>
    [Effect("Keeping times: a longer pause, in seconds of the capture, is a clock that was set, and is not waited for.")]
    public double MaxGap { get; init; } = DefaultMaxGap;

    /// <summary>How often; 0: until stopped. Default 1.</summary>
    [Effect("Sending: sends the capture this many times; 0: until stopped.")]
    public int Loops { get; init; } = 1;

    internal void Check()
    {
        if (To.IsDefaultOrEmpty) throw RecvException.BadUsage("no destination: name one as ADDRESS:PORT");
        if (RateGbps is not (>= 0 and <= 1000)) throw RecvException.BadSetting(
            $"{Setting.Rate} {RateGbps}: give Gb/s, 0 for as fast as it goes");
        if (Speed is not (null or (> 0 and <= 1e6))) throw RecvException.BadSetting(
            $"{Setting.Realtime} {Speed}: give a speed, 1 for that of the recording");
        if (MaxGap is not (> 0 and <= 1e9)) throw RecvException.BadSetting($"{Setting.MaxGap} {MaxGap}: give seconds, more than 0");
        if (Speed is not null && RateGbps > 0) throw RecvException.BadSetting(
            $"{Setting.Rate} and {Setting.Realtime} are two speeds; keep one");
        if (Loops < 0) throw RecvException.BadSetting($"{Setting.Loop} {Loops}: give how often, 0 for until stopped");
    }
}
