using Recv.Sinks.Gpu;

namespace Recv.Doctor.Checks;

/// <summary>The devices that a sink can compute on. Not having any is fine: there is <c>--sink host</c>.</summary>
internal sealed class GpuCheck : IHostCheck
{
    private const string Name = "devices";

    public IEnumerable<Finding> Look(HostFacts host) => GpuDevices.Survey().SelectMany(Findings);

    /// <summary>What one kind of device says of itself.</summary>
    internal static IEnumerable<Finding> Findings(GpuSurvey survey)
    {
        foreach (GpuProperties device in survey.Devices)
        {
            string what = $"{Setting.Sink.Option} {device.Address}: {device.Name}, {device.Driver}, {device.MemoryBytes >> 20} MiB";
            yield return device.Lacks is { } lacks
                ? new Finding(Name, FindingLevel.Advice, what, $"it will not start: {lacks}")
                : new Finding(Name, FindingLevel.Fine, what);
        }
        if (survey.Devices.Count > 0) yield break;
        string none = $"no {survey.Kind.Word()} device: {survey.Problem ?? "the driver shows none"}";
        // A driver that is installed and broken is somebody's plan gone wrong.
        yield return survey.DriverFailed
            ? new Finding(Name, FindingLevel.Advice, none, $"{Setting.Sink.Option} {survey.Kind.Word()} will not start",
            "install the driver again, and look at the kernel's log (dmesg)")
            : new Finding(Name, FindingLevel.Fine, none);
    }
}
