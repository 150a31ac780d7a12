using System.Globalization;
using Recv.Sinks;
using Recv.Sinks.File;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.Stages;
using Recv.Sinks.Null;
using Recv.Sinks.Verify;
using Recv.Spead.Patterns;

namespace Recv.Cli.Parsing;

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
        // A path may have colons of its own.
        if (text.StartsWith("file:", StringComparison.Ordinal)) return FileSinkOf(text);
        return parts[0] switch
        {
            "host" when parts.Length == 1 => new HostSink(text, every: 1, new HostStatistics()),
            "opencl" when parts.Length <= 2 => GpuSinkOf(text, parts, GpuKind.OpenCl),
            "cuda" when parts.Length <= 2 => GpuSinkOf(text, parts, GpuKind.Cuda),
            "null" when parts.Length == 1 => new NullSink(),
            "verify" when parts.Length <= 3 =>
                new VerifySink(new VerifyOptions { Pattern = Pattern(text, parts), Seed = Seed(text, parts) }),
            _ => throw RecvException.BadUsage(
                $"--sink {text}: give null, verify[:tone|noise|minstd[:SEED]], file:DIR[?keep=N], host, or opencl or cuda[:DEVICE]")
                    .For(Setting.Sink),
        };
    }

    // Opened here, so that a device that is not available is an error before anything starts.
    private static GpuSink GpuSinkOf(string text, string[] parts, GpuKind kind)
    {
        int device = 0;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out device))
            throw RecvException.BadUsage($"--sink {text}: '{parts[1]}' is not a device; give its number from 0, `recv doctor` lists them")
                .For(Setting.Sink);
        return new GpuSink(GpuDevices.Open(kind, device), new GpuSinkOptions { Name = text, Stages = [new StatisticsStage()] });
    }

    private static FileSink FileSinkOf(string text)
    {
        // A name may have an = but no ?: what stands behind one and is not understood must not become a folder that keeps everything.
        string[] halves = text["file:".Length..].Split('?', 2);
        int keep = 0;
        if (halves[0].Length == 0) throw RecvException.BadUsage($"--sink {text} names no folder; write file:DIR or file:DIR?keep=N")
            .For(Setting.Sink);
        if (halves.Length == 2 && !halves[1].StartsWith("keep=", StringComparison.Ordinal))
            throw RecvException.BadUsage(
                $"--sink {text}: '?{halves[1]}' is nothing that a file sink knows; write ?keep=N for the last N chunks, "
                + "or leave it out to keep all").For(Setting.Sink);
        string number = halves.Length == 2 ? halves[1]["keep=".Length..] : "";
        if (halves.Length == 2 && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out keep) || keep == 0))
            throw RecvException.BadUsage(
                $"--sink {text}: '{number}' is not a number of chunks to keep; give 1 or more, or leave it out to keep all")
                    .For(Setting.Sink);
        return new FileSink(new FileSinkOptions { Folder = halves[0], Keep = keep });
    }

    private static PatternKind? Pattern(string text, string[] parts)
    {
        if (parts.Length < 2 || parts[1].Length == 0) return null;
        return Enum.TryParse(parts[1], ignoreCase: true, out PatternKind kind) && !char.IsDigit(parts[1][0])
            ? kind
            : throw RecvException.BadUsage($"--sink {text}: the patterns are tone, noise and minstd").For(Setting.Sink);
    }

    private static ulong Seed(string text, string[] parts)
    {
        if (parts.Length < 3) return new VerifyOptions().Seed;
        return ulong.TryParse(parts[2], CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw RecvException.BadUsage($"--sink {text}: '{parts[2]}' is not a seed; give a number from 0").For(Setting.Sink);
    }
}
