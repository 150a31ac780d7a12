using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Serialization;
using Recv.Memory;

namespace Recv.Bench.Report;

/// <summary>The machine that a result belongs to: numbers of different machines say nothing about each other.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Machine
{
    public required string Cpu { get; init; }

    public required int Cores { get; init; }

    public required string Caches { get; init; }

    public required string Vectors { get; init; }

    /// <summary>How this process copied large payloads; null in results of before it was noted.</summary>
    public string? Copy { get; init; }

    public required string Kernel { get; init; }

    public required string Memory { get; init; }

    public required string HugePages { get; init; }

    public required string LargestSocketBuffer { get; init; }

    public required string Runtime { get; init; }

    /// <summary>Version of Recv and the commit that it was built from; null in results of before it was noted.</summary>
    public string? Recv { get; init; }

    /// <summary>Load average before the measurement: above 0 somebody else uses the machine as well.</summary>
    public required string Load { get; init; }

    public required DateTime Time { get; init; }

    /// <summary>What this machine says about itself; what it does not say is <c>?</c>.</summary>
    public static Machine Read() => new()
    {
        Cpu = Field("/proc/cpuinfo", "model name"),
        Cores = Environment.ProcessorCount,
        Caches = string.Join(", ", Enumerable.Range(0, 8).Select(Cache).OfType<string>()),
        Vectors = Vector512.IsHardwareAccelerated ? "512 bits"
            : Vector256.IsHardwareAccelerated ? "256 bits"
            : Vector128.IsHardwareAccelerated ? "128 bits" : "0 bits",
        Copy = PayloadCopy.Path,
        Kernel = Line("/proc/sys/kernel/osrelease"),
        Memory = Field("/proc/meminfo", "MemTotal"),
        HugePages = Line("/sys/kernel/mm/transparent_hugepage/enabled"),
        LargestSocketBuffer = Line("/proc/sys/net/core/rmem_max"),
        Runtime = RuntimeInformation.FrameworkDescription,
        Recv = typeof(PayloadCopy).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        Load = Line("/proc/loadavg"),
        Time = DateTime.UtcNow,
    };

    /// <summary>Names and values for people.</summary>
    [JsonIgnore]
    public IEnumerable<RunSetting> Settings =>
    [
        new("machine", $"{Cpu}, {Cores} cores, {Caches}, vectors of {Vectors}{(Copy is null ? "" : $", payload copied by {Copy}")}"),
        new("memory", $"{Memory}, transparent huge pages {HugePages}, net.core.rmem_max {LargestSocketBuffer}"),
        new("system", $"Linux {Kernel}, {Runtime}, {(Recv is null ? "" : $"Recv {Recv}, ")}load {Load}"),
    ];

    private static string? Cache(int index)
    {
        string folder = $"/sys/devices/system/cpu/cpu0/cache/index{index}/";
        return File.Exists(folder + "size")
            ? $"L{Line(folder + "level")} {Line(folder + "type")} {Line(folder + "size")}"
            : null;
    }

    private static string Line(string file) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault("?").Trim() : "?";

    private static string Field(string file, string name)
    {
        if (!File.Exists(file)) return "?";
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? "?" : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
