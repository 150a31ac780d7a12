using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Gpu;

/// <summary>
/// <c>gpu --soak</c>: <c>recv run</c> with a device as its sink, for minutes at the highest rate at which it loses nothing: does
/// memory stay, has every loss a name?
/// </summary>
internal static class GpuSoak
{
    private const double ProbeSeconds = 4;
    private const int MostProbes = 14;
    private const double LowestGbps = 0.25;
    private const double SampleSeconds = 2;

    /// <summary>What memory that is not the garbage collector's may grow by, in MiB: its own tables, stacks and malloc's arenas.</summary>
    private const double AllowedGrowthMiB = 8;

    /// <summary>Searches, runs, prints, writes.</summary>
    /// <returns>0, or 1 when memory grew or a loss has no name.</returns>
    public static int Run(GpuOptions options)
    {
        Machine machine = Machine.Read();
        (double gbps, string found) = options.Rate > 0 ? (options.Rate, "given") : Search(options);
        Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
                $"{options.SoakSeconds:F0} s at {(gbps == 0 ? "all that the sender gives" : $"{gbps:F2} Gb/s")} ({found})"));
        ServiceRun run = ServiceRun.Of(options.Device, gbps, options.SoakSeconds, options.Port, SampleSeconds);
        if (run.Samples.Count < 5) throw RecvException.BadUsage($"--soak {options.SoakSeconds}: give at least {5 * SampleSeconds} seconds");
        double growth = Growth(run, sample => sample.OtherMiB);
        bool sound = growth <= AllowedGrowthMiB && run.Unexplained == 0 && run.Sum("recv_datagrams_in_flight") == 0
            && run.Sum("recv_input_chunks_total") > 0;
        long lost = run.Sent - run.Outcomes.Where(each => each.Outcome == "delivered").Sum(each => each.Datagrams);
        new BenchResult("gpu --soak", machine,
        [
            new RunSetting("service",
                $"recv run --layout meerkat-digitiser --sink {options.Device} --chunks {ServiceRun.Chunks}, everything else by default; "
                    + $"metrics read every {SampleSeconds} s"),
            new RunSetting("feed", string.Create(CultureInfo.InvariantCulture,
                $"digitiser, 2 polarisations, 10 bits, multicast over lo with segmentation offload, {options.SoakSeconds:F0} s; rate "
                    + $"{found}")),
            new RunSetting("verdict", !sound ? "NOT SOUND: see growth, unexplained and in_flight"
                : lost == 0 ? "constant memory, nothing lost"
                : string.Create(CultureInfo.InvariantCulture,
                $"constant memory; {100.0 * lost / run.Sent:F2} % LOST, every loss with its name")),
        ], [.. Rows(run, growth)]).Publish(options);
        return sound ? 0 : RecvException.Loss;
    }

    private static IEnumerable<Comparison> Rows(ServiceRun run, double growth)
    {
        yield return new("sent", "Gb/s", One(run.Gbps)) { Number = "F2" };
        yield return Count("datagrams sent", run.Sent);
        foreach ((string outcome, long datagrams) in run.Outcomes.OrderByDescending(each => each.Datagrams)) yield return Count(
            outcome, datagrams);
        yield return Count("kernel_dropped, in buffers of many", run.KernelDropped);
        yield return Count("unexplained: sent, and none of these", run.Unexplained);
        yield return Count("in_flight after the feed", run.Sum("recv_datagrams_in_flight"));
        yield return Count("missing heaps, by timestamp", run.MissingHeaps, "heaps");
        yield return Count("chunks with data that the sink took", run.Sum("recv_input_chunks_total"), "chunks");
        yield return Count("chunks dropped unread or refused", run.Sum("recv_dropped_chunks_total")
            + run.Sum("recv_refused_chunks_total"), "chunks");
        foreach (Comparison row in DeviceRows(run)) yield return row;
        yield return new("CPU of the service", "s", One(run.Sum("process_cpu_seconds_total")));
        yield return new("resident memory", "MiB", Of(run, sample => sample.ResidentMiB));
        yield return new("resident memory, first", "MiB", One(run.Samples[0].ResidentMiB));
        yield return new("resident memory, last", "MiB", One(run.Samples[^1].ResidentMiB));
        yield return new("the collector's heap, with garbage", "MiB", Of(run, sample => sample.HeapMiB));
        yield return new("growth of resident memory, last fifth to second fifth", "MiB", One(Growth(run, sample => sample.ResidentMiB)));
        yield return new($"the same without the collector's heap; at most {AllowedGrowthMiB}", "MiB", One(growth));
        double seconds = (run.Samples.Count - 1) * SampleSeconds;
        yield return new("allocated on the collector's heap by all threads", "KiB/s",
            One(1024 * (run.Samples[^1].AllocatedMiB - run.Samples[0].AllocatedMiB) / seconds));
        yield return Count("collections", run.Sum("recv_gc_collections_total"), "collections");
    }

    // None for sink host.
    private static IEnumerable<Comparison> DeviceRows(ServiceRun run)
    {
        double chunks = run.Sum("recv_gpu_chunks_total");
        if (chunks == 0) yield break;
        yield return Count("chunks computed on the device", chunks, "chunks");
        yield return Count("chunks that waited for a device buffer", run.Sum("recv_gpu_slot_waits_total"), "chunks");
        yield return new("upload of a chunk", "ms", One(1e3 * run.Sum("recv_gpu_upload_seconds_total") / chunks)) { Number = "F2" };
        yield return new("kernels of a chunk", "ms", One(1e3 * run.Sum("recv_gpu_kernel_seconds_total") / chunks)) { Number = "F2" };
    }

    private static (double Gbps, string Found) Search(GpuOptions options)
    {
        ServiceRun fastest = Probe(options, 0);
        if (fastest.IsLossless) return (
            0, string.Create(CultureInfo.InvariantCulture, $"all that the sender gives, {fastest.Gbps:F2} Gb/s in the first run"));
        var search = new RateSearch(Math.Min(LowestGbps, fastest.Gbps / 2), fastest.Gbps);
        search.Observe(fastest.Gbps, lossless: false);
        int probes = 1;
        for (; probes < MostProbes && !search.IsSettled; probes++)
        {
            ServiceRun probe = Probe(options, search.Next);
            search.Observe(probe.Gbps, probe.IsLossless);
        }
        return (search.Low, string.Create(CultureInfo.InvariantCulture,
            $"the lower end of {search.Low:F2} to {search.High:F2} Gb/s, where the highest without loss is with "
                + $"{100 * RateSearch.Confidence:F0} % probability by {probes} runs of {ProbeSeconds} s"));
    }

    private static ServiceRun Probe(GpuOptions options, double gbps)
    {
        ServiceRun probe = ServiceRun.Of(options.Device, gbps, ProbeSeconds, options.Port, double.MaxValue);
        string outcomes = string.Join(", ", probe.Outcomes.Where(each => each.Outcome != "delivered")
            .Select(each => $"{each.Outcome} {each.Datagrams}"));
        string lost = probe.IsLossless
            ? "nothing lost"
            : $"lost {outcomes}, kernel_dropped {probe.KernelDropped}, missing heaps {probe.MissingHeaps}";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{probe.Gbps:F2} Gb/s: {lost}"));
        return probe;
    }

    // The first fifth is for pools that fill and code that compiles.
    private static double Growth(ServiceRun run, Func<ServiceSample, double> value)
    {
        int fifth = run.Samples.Count / 5;
        return Median(run.Samples.Skip(run.Samples.Count - fifth).Select(value)) - Median(
            run.Samples.Skip(fifth).Take(fifth).Select(value));
    }

    private static double Median(IEnumerable<double> values) => new Series([.. values]).Median;

    private static Series Of(ServiceRun run, Func<ServiceSample, double> value) => new([.. run.Samples.Select(value)]);

    private static Comparison Count(string name, double count, string unit = "datagrams") => new(name, unit, One(count)) { Number = "F0" };

    private static Series One(double value) => new([value]);
}
