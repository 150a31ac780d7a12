using Recv.Sinks.Gpu;

namespace Recv.Doctor.Checks;

/// <summary>The devices that a sink can compute on. Not having any is fine: the host is always one.</summary>
internal sealed class GpuCheck : IHostCheck
{
    private const string Name = "devices";

    public IEnumerable<Finding> Look(HostFacts host) => GpuDevices.Survey().SelectMany(Findings);

    /// <summary>What one kind of device says of itself.</summary>
    internal static IEnumerable<Finding> Findings(GpuSurvey survey)
    {
        foreach (GpuProperties device in survey.Devices)
            yield return new Finding(Name, FindingLevel.Fine, $"{Setting.Sink.Option} {device.Address}: {device.Name}, {device.Driver}, {device.MemoryBytes >> 20} MiB");
        if (survey.Devices.Count > 0) yield break;
        string what = $"no {survey.Kind.Word()} device: {survey.Problem ?? "the driver shows none"}";
        // A driver that is installed and broken is somebody's plan gone wrong.
        yield return survey.DriverFailed
            ? new Finding(Name, FindingLevel.Advice, what, $"{Setting.Sink.Option} {survey.Kind.Word()} will not start", "install the driver again, and look at the kernel's log (dmesg)")
            : new Finding(Name, FindingLevel.Fine, what);
    }
}
