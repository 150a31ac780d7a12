namespace Recv.Sinks.Gpu;

/// <summary>What one kind of device says of itself.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Devices">Those that are there, usable or not; none is no error.</param>
/// <param name="Problem">Why there are none and what to do, or null.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuSurvey(GpuKind Kind, IReadOnlyList<GpuProperties> Devices, string? Problem)
{
    /// <summary>Whether a driver is installed and does not work.</summary>
    public bool DriverFailed { get; init; }
}
