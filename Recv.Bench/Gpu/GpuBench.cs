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
        var rig = new GpuRig(options);
        if (options.SoakSeconds > 0) return GpuSoak.Run(options);
        Machine machine = Machine.Read();
        GpuProperties device;
        using (IGpuDevice opened = rig.Open()) device = opened.Properties;
        var plain = new List<double>();
        var unregistered = new List<double>();
        var clear = new List<double>();
        var unpack = new List<double>();
        var uploads = new List<PipelineTimes>();
        var whole = new List<PipelineTimes>();
        for (int round = 0; round < options.Rounds; round++)
        {
            plain.Add(UploadRun.Measure(rig, registered: true));
            if (device.PageLocks) unregistered.Add(UploadRun.Measure(rig, registered: false));
            uploads.Add(PipelineRun.Measure(rig, unpacks: false, statistics: false));
            clear.Add(UnpackRun.MeasureClear(rig));
            unpack.Add(UnpackRun.Measure(rig));
            whole.Add(PipelineRun.Measure(rig, unpacks: true, statistics: true));
        }
        var copies = new Series(plain);
        List<Comparison> rows =
        [
            new("plain copies, memory registered where the device does so", Unit, copies),
            .. unregistered.Count == 0 ? (IEnumerable<Comparison>)[] : [new Comparison("plain copies, memory not registered", Unit, new Series(unregistered)) { Notes = Share(new Series(unregistered), copies, "of plain copies") }],
            new("uploads by the sink, no kernels but zeroing", Unit, Of(uploads, times => times.Rate)) { Notes = Share(Of(uploads, times => times.Rate), copies, "of plain copies") },
            new("clearing memory of the device", Unit, new Series(clear)),
            new("unpacking 10 bits, read and written", Unit, new Series(unpack)) { Notes = Share(new Series(unpack), Limit(device, clear), Promise(device)) },
            new("the sink with unpacking and statistics, packed bytes", Unit, Of(whole, times => times.Rate)) { Notes = Share(Of(whole, times => times.Rate), copies, "of plain copies") },
            new("uploads while kernels of an earlier chunk ran", "share", Of(whole, times => times.Overlap)) { Number = "F2" },
        ];
        new BenchResult("gpu", machine,
        [
            new RunSetting("device", $"{device.Address} {device.Name}, {device.Driver}, {device.MemoryBytes >> 20} MiB"),
            new RunSetting("chunks", string.Create(CultureInfo.InvariantCulture, $"{rig.Shape.ChunkBytes / 1048576.0:F1} MiB, {rig.Chunks} a run, {options.Rounds} rounds")),
        ], rows).Publish(options);
        return 0;
    }

    private static Series Of(List<PipelineTimes> runs, Func<PipelineTimes, double> value) => new([.. runs.Select(value)]);

    private static Dictionary<string, string> Share(Series of, Series whole, string note) => new() { [note] = of.DividedBy(whole).Format("F2") };

    // What the vendor promises where he does, else what clearing reached.
    private static Series Limit(GpuProperties device, List<double> clear) =>
        new([.. clear.Select(reached => device.MemoryBandwidth > 0 ? device.MemoryBandwidth / 1e9 : reached)]);

    private static string Promise(GpuProperties device) => device.MemoryBandwidth > 0 ? "of the memory's bandwidth" : "of clearing";
}
