using System.Diagnostics.Metrics;
using Recv.Sinks.Gpu;

namespace Recv.Metrics;

/// <summary>What the sinks that compute on a device say. Times and bytes are totals: what a chunk costs and bytes per second are
/// their rates.</summary>
internal static class GpuInstruments
{
    /// <summary>Makes them.</summary>
    public static void Make(InstrumentMaker make)
    {
        Counter("recv_gpu_chunks", "Chunks computed on the device", gpu => gpu.Chunks);
        Counter("recv_gpu_uploaded_bytes", "Bytes brought to the device", gpu => gpu.UploadedBytes, "By");
        Counter("recv_gpu_slot_waits", "Chunks that had to wait for a device buffer: the device is slower than the feed", gpu => gpu.SlotWaits);
        Seconds("recv_gpu_upload_seconds", "Time that the device spent on uploads", gpu => gpu.UploadSeconds);
        Seconds("recv_gpu_kernel_seconds", "Time that the device spent on the work behind the uploads", gpu => gpu.KernelSeconds);
        Gauge("recv_gpu_slots", "Device buffers in rotation", gpu => gpu.Slots);
        Gauge("recv_gpu_busy_slots", "Device buffers that are not free", gpu => gpu.BusySlots);
        Gauge("recv_gpu_uploads_in_flight", "Chunks held until their upload is done", gpu => gpu.UploadsInFlight);
        Gauge("recv_gpu_memory_used_bytes", "Memory of the device that Recv uses", gpu => gpu.DeviceBytes);
        Gauge("recv_gpu_memory_bytes", "Memory of the device", gpu => gpu.DeviceMemoryBytes);
        Gauge("recv_gpu_page_locked_bytes", "Chunk memory that is registered with the device", gpu => gpu.PageLockedBytes);

        void Counter(string name, string help, Func<GpuReading, long> value, string? unit = null) =>
            make.Counters(name, help, reading => reading.Gpus.Select(gpu => new Measurement<long>(value(gpu), Labels(gpu))), unit);

        void Seconds(string name, string help, Func<GpuReading, double> value) =>
            make.SecondsCounters(name, help, reading => reading.Gpus.Select(gpu => new Measurement<double>(value(gpu), Labels(gpu))));

        void Gauge(string name, string help, Func<GpuReading, long> value) =>
            make.Gauges(name, help, reading => reading.Gpus.Select(gpu => new Measurement<long>(value(gpu), Labels(gpu))));
    }

    private static KeyValuePair<string, object?>[] Labels(GpuReading gpu) => [new("sink", gpu.Sink), new("device", gpu.Device)];
}
