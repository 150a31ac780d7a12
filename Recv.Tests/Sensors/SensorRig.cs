using Recv.Chunks;
using Recv.Layouts;
using Recv.Sensors;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sensors;

/// <summary>A receiver's sensors with a clock and chunks made by hand.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> sensors and chunk.</remarks>
internal sealed class SensorRig : IChunkHome, IDisposable
{
    /// <summary>Timestamps of 64 units a chunk at 32 a second: two seconds a chunk.</summary>
    public const double AdcRate = 32;

    /// <summary>Unix time of timestamp 0.</summary>
    public const decimal SyncTime = 1_700_000_000;

    /// <summary>From one chunk to the next.</summary>
    public const int ChunkSeconds = 2;

    private readonly Chunk _chunk;

    public SensorRig(bool polarised = true, double adcRate = AdcRate)
    {
        // Four batches of two heaps; the polarisation is the slower axis, or there is none.
        LayoutShape shape = TestChunks.Shape;
        if (polarised) shape = shape with { Axes = [new LayoutAxis("pol", 2, 64, ["0", "1"]), new LayoutAxis("time", 4, 16, [])] };
        _chunk = new Chunk(shape, packetsPerHeap: 1, packetBytes: 0, members: 1, this);
        Sensors = new ReceiverSensors(shape, new SampleClock(adcRate, SyncTime), Time);
    }

    public ManualTime Time { get; } = new();

    public ReceiverSensors Sensors { get; }

    /// <summary>The unix time of a chunk.</summary>
    public static decimal UnixTime(long chunk) => SyncTime + chunk * ChunkSeconds;

    /// <summary>A chunk of which these heaps are absent comes; the first polarisation has heaps 0 to 3, the second 4 to 7.</summary>
    public void Receive(long id, params int[] absent)
    {
        _chunk.Begin(id, streamId: 0);
        foreach (int heap in Enumerable.Range(0, 8).Except(absent)) _chunk.Mark(heap);
        Hand();
    }

    /// <summary>A whole chunk of another epoch comes.</summary>
    public void ReceiveInEpoch(int epoch, long id, params int[] absent)
    {
        _chunk.Begin(0, streamId: 0);
        _chunk.Identify(id, epoch);
        foreach (int heap in Enumerable.Range(0, 8).Except(absent)) _chunk.Mark(heap);
        Hand();
    }

    public SensorReading this[string sensor] => Sensors.Set.Find(sensor)!.Reading;

    /// <summary>Status of a sensor.</summary>
    public SensorStatus Status(string sensor) => this[sensor].Status;

    public void Recycle(Chunk chunk)
    {
    }

    public void Dispose()
    {
        Sensors.Dispose();
        _chunk.Dispose();
    }

    private void Hand()
    {
        _chunk.Hold(1);
        Sensors.Observe(_chunk);
        _chunk.Release();
    }
}
