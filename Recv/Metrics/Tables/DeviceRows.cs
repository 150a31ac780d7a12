using System.Collections.Immutable;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>The sinks that compute on a device. Times and bytes are totals: what a chunk costs and bytes per second are their
/// rates.</summary>
internal static class DeviceRows
{
    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        PerDevice.Counter("recv_gpu_chunks_total", FigureUnit.Chunks, "Chunks computed on the device", gpu => gpu.Chunks),
        PerDevice.Counter("recv_gpu_uploaded_bytes_total", FigureUnit.Bytes, "Bytes brought to the device, mask and extra included",
            gpu => gpu.UploadedBytes),
        PerDevice.Counter("recv_gpu_upload_seconds_total", FigureUnit.Seconds, "Time that the device spent on uploads",
            gpu => gpu.UploadSeconds),
        PerDevice.Counter("recv_gpu_kernel_seconds_total", FigureUnit.Seconds, "Time that the device spent on the work after the uploads",
            gpu => gpu.KernelSeconds),
        PerDevice.Counter("recv_gpu_slot_waits_total", FigureUnit.Events,
            "Chunks that had to wait for a device buffer: the device is slower than the feed", gpu => gpu.SlotWaits),
        PerDevice.Gauge("recv_gpu_slots", FigureUnit.Buffers, "Device buffers in rotation", gpu => gpu.Slots),
        PerDevice.Gauge("recv_gpu_busy_slots", FigureUnit.Buffers, "Device buffers that are not free", gpu => gpu.BusySlots),
        PerDevice.Gauge("recv_gpu_uploads_in_flight", FigureUnit.Chunks, "Chunks held until their upload is done",
            gpu => gpu.UploadsInFlight),
        PerDevice.Gauge("recv_gpu_memory_used_bytes", FigureUnit.Bytes, "Memory of the device that Recv uses", gpu => gpu.DeviceBytes),
        PerDevice.Gauge("recv_gpu_memory_bytes", FigureUnit.Bytes, "Memory of the device", gpu => gpu.DeviceMemoryBytes),
        PerDevice.Gauge("recv_gpu_page_locked_bytes", FigureUnit.Bytes,
            "Chunk memory that is registered with the device; 0 where the device does not page-lock", gpu => gpu.PageLockedBytes),
    ];
}
