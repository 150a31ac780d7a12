using System.Globalization;
using Recv.Bench.Report;
using Recv.Sinks.Gpu;

namespace Recv.Bench.Gpu;

/// <summary><c>gpu</c>: the way to a device and the work on it, each beside what it could be at best on the same device in the same
/// run.</summary>
internal static class GpuBench
{
    private const string Unit = "GB/s";

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(GpuOptions options)
    {
        options.Check();
        if (options.SoakSeconds > 0) return GpuSoak.Run(options);
        var rig = new GpuRig(options);
        Machine machine = Machine.Read();
        GpuProperties device;
        using (GpuDevice opened = rig.Open()) device = opened.Properties;
        var plain = new List<double>();
        var uploads = new List<PipelineTimes>();
        var whole = new List<PipelineTimes>();
        for (int round = 0; round < options.Rounds; round++)
        {
            plain.Add(UploadRun.Measure(rig));
            uploads.Add(PipelineRun.Measure(rig, unpacks: false, statistics: false));
            whole.Add(PipelineRun.Measure(rig, unpacks: true, statistics: true));
        }
        var copies = new Series(plain);
        List<Comparison> rows =
        [
            new("plain copies, memory page-locked where the driver does so", Unit, copies),
            new("uploads by the sink, no kernels but zeroing", Unit,
                Of(uploads, times => times.Rate)) { Notes = Share(Of(uploads, times => times.Rate), copies, "of plain copies") },
            new("the sink with unpacking and statistics, packed bytes", Unit,
                Of(whole, times => times.Rate)) { Notes = Share(Of(whole, times => times.Rate), copies, "of plain copies") },
            new("uploads while kernels of an earlier chunk ran", "share", Of(whole, times => times.Overlap)) { Number = "F2" },
        ];
        new BenchResult("gpu", machine,
        [
            new RunSetting("device", $"{device.Address} {device.Name}, {device.Driver}, {device.MemoryBytes >> 20} MiB"),
            new RunSetting("chunks", string.Create(
                CultureInfo.InvariantCulture, $"{rig.Shape.ChunkBytes / 1048576.0:F1} MiB, {rig.Chunks} a run, {options.Rounds} rounds")),
        ], rows).Publish(options);
        return 0;
    }

    private static Series Of(List<PipelineTimes> runs, Func<PipelineTimes, double> value) => new([.. runs.Select(value)]);

    private static Dictionary<string, string> Share(Series of, Series whole, string note) =>
        new() { [note] = of.DividedBy(whole).Format("F2") };
}
