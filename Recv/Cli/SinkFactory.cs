using System.Globalization;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Sinks.Verify;
using Recv.Spead.Patterns;

namespace Recv.Cli;

/// <summary>Sinks by the names of the command line.</summary>
internal static class SinkFactory
{
    /// <summary>The sinks of <c>--sink</c>.</summary>
    /// <param name="names">As written; none for the default.</param>
    /// <param name="defaultSink">What is used then, or null for nothing.</param>
    public static IEnumerable<IChunkSink> Create(IEnumerable<string> names, string? defaultSink)
    {
        string[] wanted = [.. names];
        if (wanted.Length == 0 && defaultSink is not null) wanted = [defaultSink];
        return [.. wanted.Select(One)];
    }

    private static IChunkSink One(string text)
    {
        string[] parts = text.Split(':');
        return parts[0] switch
        {
            "null" when parts.Length == 1 => new NullSink(),
            "verify" when parts.Length <= 3 => new VerifySink(new VerifyOptions { Pattern = Pattern(text, parts), Seed = Seed(text, parts) }),
            _ => throw RecvException.BadUsage($"--sink {text}: give null or verify[:tone|noise|minstd[:SEED]]"),
        };
    }

    private static PatternKind? Pattern(string text, string[] parts)
    {
        if (parts.Length < 2 || parts[1].Length == 0) return null;
        return Enum.TryParse(parts[1], ignoreCase: true, out PatternKind kind) && !char.IsDigit(parts[1][0])
            ? kind
            : throw RecvException.BadUsage($"--sink {text}: the patterns are tone, noise and minstd");
    }

    private static ulong Seed(string text, string[] parts)
    {
        if (parts.Length < 3) return new VerifyOptions().Seed;
        return ulong.TryParse(parts[2], CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw RecvException.BadUsage($"--sink {text}: '{parts[2]}' is no seed; give a number from 0");
    }
}
