using System.Globalization;
using Recv.Sources;

namespace Recv.Cli.Parsing;

/// <summary>Reads the value of <c>--wait</c>.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class WaitChoice
{
    private const string NapPrefix = "nap:";

    /// <summary>The policy, and the microseconds of a nap if they are named, else 0.</summary>
    /// <exception cref="RecvException">It is no policy (exit code 2).</exception>
    public static (WaitPolicy Policy, int NapMicroseconds) Parse(string text) => text switch
    {
        "nap" => (WaitPolicy.Nap, 0),
        "block" => (WaitPolicy.Block, 0),
        "busy-poll" => (WaitPolicy.BusyPoll, 0),
        "spin" => (WaitPolicy.Spin, 0),
        _ when text.StartsWith(NapPrefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(NapPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int microseconds)
            && microseconds is >= 1 and <= 10_000 => (WaitPolicy.Nap, microseconds),
        _ => throw RecvException.BadUsage($"--wait {text}: give nap, nap:MICROSECONDS (1 to 10000), block, busy-poll or spin")
            .For(Setting.Wait),
    };
}
