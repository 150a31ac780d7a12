using System.Globalization;

namespace Recv.Bench.All;

/// <summary>The few sentences that README.md has of all results. What was not measured has none.</summary>
internal static class Headlines
{
    private static readonly string[] Traffics = ["digitiser", "fengine", "small"];

    /// <summary>The sentences, one a line; never none.</summary>
    public static IEnumerable<string> Of(Measured measured) =>
        Sentences(measured).DefaultIfEmpty("- No full measurement of this version has been kept yet; the results are of quick runs.");

    private static IEnumerable<string> Sentences(Measured measured)
    {
        if (Speeds(measured, "cold") is { } cold && Speeds(measured, "warm") is { } warm)
        {
            yield return "- In memory, one thread, both sides copying past the caches: throughput for digitiser packets, 8 KiB F-engine "
                + "packets and packets of 1 KiB is";
            yield return $"  {cold} times spead2's with cold packets, {warm} times with warm ones.";
        }
        if (Numbers(Traffics.Select(traffic => measured.Row("memory", $"{traffic}, warm, copy none")?.Recv.Median), "F1") is { } nanoseconds
            && Numbers(Traffics.Select(traffic => measured.Ratio("memory", $"{traffic}, warm, copy none")), "F2") is { } shares)
            yield return $"- All but the copy takes {nanoseconds} ns per packet, {shares} of spead2's time.";
        foreach (string packet in (string[])["8872", "1472"])
        {
            double?[] ratios = [measured.Ratio($"loopback-{packet}", packet, "chunk_stream"),
                measured.Ratio($"loopback-{packet}", packet, "spead2_recv")];
            if (Numbers(ratios, "F2") is { } cpu)
                yield return $"- Over loopback with segmentation offload and naps of up to 0.5 ms, packets of {packet} bytes: {cpu} of "
                    + $"the receive CPU per GB of spead2's chunk_stream and spead2_recv.";
            // The peer blocks, so beside our default stands what we take when we do the same.
            double?[] blocking = [.. ((string[])["chunk_stream", "spead2_recv"])
                .Select(peer => measured.Ratio($"loopback-{packet}", packet, $"--wait Block, {peer}"))];
            if (Numbers(blocking, "F2") is { } blocked) yield return $"  Without naps (`--wait Block`), as the peer waits: {blocked}.";
        }
        if (measured.Row("replay", "rate of replay to reading, cold") is { } fromDisk
            && measured.Row("replay", "rate of replay to reading, warm") is { } fromCache
            && measured.Row("replay", "peak memory (VmHWM)") is { } peak)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"- A capture of 4 GiB: replayed at {fromDisk.Recv.Median:F2} of the rate of reading the file from the disk, ")
                + string.Create(CultureInfo.InvariantCulture,
                $"{fromCache.Recv.Median:F2} of reading it from the page cache; peak memory {peak.Recv.Max:F0} MiB.");
        if (measured.Row("gc", "") is { } gc && measured.Row("start", "runs") is { } start && measured.Row("start", "sent") is { } sent)
        {
            yield return $"- Heaps lost to the garbage collector, with 200 MB/s of garbage and a background gen 2 every 200 ms beside "
                + $"the receive thread: {gc.Recv.Max:F0} in the worst run;";
            yield return $"  runs of {measured.Row("start", "lost of the first")!.Recv.Values.Count} that lost heaps at the start of a "
                + $"feed that comes at once at {sent.Recv.Median.ToString("F0", CultureInfo.InvariantCulture)} Gb/s: {start.Recv.Max:F0}.";
        }
    }

    private static string? Speeds(Measured measured, string heat) =>
        Numbers(Traffics.Select(traffic => measured.Speed("memory", $"{traffic}, {heat}, copy fastest")), "F2");

    private static string? Numbers(IEnumerable<double?> values, string format)
    {
        string[] texts = [.. values.Select(value => value?.ToString(format, CultureInfo.InvariantCulture) ?? "")];
        if (texts.Contains("")) return null;
        return $"{string.Join(", ", texts[..^1])} and {texts[^1]}";
    }
}
