namespace Recv.Sinks.Gpu;

/// <summary>What the metrics say of one <see cref="GpuSink"/> at one moment; totals since its start.</summary>
/// <param name="Sink">Its name.</param>
/// <param name="Device">Address of the device.</param>
/// <param name="Chunks">Whose stages are complete.</param>
/// <param name="UploadedBytes">That came to the device, mask and extra included.</param>
/// <param name="UploadSeconds">In which an upload was under way; what runs side by side counts once.</param>
/// <param name="KernelSeconds">In which stages were at work, counted the same.</param>
/// <param name="Slots">Device buffers in rotation.</param>
/// <param name="BusySlots">Of them not free.</param>
/// <param name="UploadsInFlight">Chunks held until their upload is done.</param>
/// <param name="SlotWaits">Times that a chunk had to wait for a free slot: the device is the slower one.</param>
/// <param name="DeviceBytes">Memory of the device in use by Recv.</param>
/// <param name="DeviceMemoryBytes">Memory of the device in all.</param>
/// <param name="PageLockedBytes">Chunk memory that is registered with the device.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuReading(
    string Sink, string Device, long Chunks, long UploadedBytes, double UploadSeconds, double KernelSeconds, int Slots, int BusySlots,
    int UploadsInFlight, long SlotWaits, long DeviceBytes, long DeviceMemoryBytes, long PageLockedBytes);
