using Recv.Simulate;

namespace Recv.Bench.Gpu;

/// <summary>A digitiser's feed over loopback to <c>recv run</c> with a device as its sink.</summary>
/// <param name="Gbps">That were really sent.</param>
/// <param name="Sent">Datagrams.</param>
/// <param name="Last">What the service said of itself at the end of the feed, nothing being in flight any more.</param>
/// <param name="Samples">And what it had said meanwhile.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ServiceRun(double Gbps, long Sent, IReadOnlyDictionary<string, double> Last, IReadOnlyList<ServiceSample> Samples)
{
    /// <summary>Of 2.5 MiB, for stalls of 100 ms at 13 Gb/s: the question is what the device can do, not how even the machine is.</summary>
    public const int Chunks = 64;

    private const string Address = "239.255.71.62";

    // More than the second after which the service hands over what its window holds.
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes a run.</summary>
    /// <param name="device">As for <c>--sink</c>.</param>
    /// <param name="gbps">Rate; 0 for as fast as the sender goes.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="port">UDP port.</param>
    /// <param name="sampleSeconds">From one look at the service's metrics to the next.</param>
    public static ServiceRun Of(string device, double gbps, double seconds, int port, double sampleSeconds)
    {
        string feed = $"{Address}:{port}?if=lo";
        using var service = new RecvService("--layout", "meerkat-digitiser", "--src", feed, "--sink", device, "--chunks", $"{Chunks}");
        using var sender = new UdpSender(new SimulatorOptions
        {
            Instrument = Instrument.Digitiser,
            RateGbps = gbps,
            StopHeap = false,
            Segmentation = true,
            Destinations = [.. UdpDestination.ParseList(feed)],
        });
        List<ServiceSample> samples = [];
        sender.Start();
        long start = Environment.TickCount64;
        for (double next = sampleSeconds; Environment.TickCount64 - start < seconds * 1000;)
        {
            Thread.Sleep(Poll);
            if (Environment.TickCount64 - start < next * 1000) continue;
            next += sampleSeconds;
            samples.Add(new ServiceSample(service.Metrics));
        }
        sender.Stop();
        SenderStatus status = sender.Status;
        IReadOnlyDictionary<string, double> last = Settled(service);
        service.Stop();
        return new ServiceRun(status.AchievedGbps, status.Packets, last, samples);
    }

    /// <summary>Datagrams by what became of them, those that were delivered included.</summary>
    public IEnumerable<(string Outcome, long Datagrams)> Outcomes => Last
        .Where(each => each.Key.StartsWith("recv_datagrams_total{", StringComparison.Ordinal) && each.Value > 0)
        .Select(each => (each.Key.Split("outcome=\"")[1].Split('"')[0], (long)each.Value));

    /// <summary>Dropped by the kernel: datagrams, or buffers of many.</summary>
    public long KernelDropped => (long)Sum("recv_kernel_dropped_total");

    /// <summary>Heaps that the timestamps promise and that no chunk has.</summary>
    public long MissingHeaps => (long)Sum("recv_window_missing_heaps_total");

    /// <summary>Datagrams that were sent, not seen, and not dropped by the kernel.</summary>
    public long Unexplained => KernelDropped > 0 ? 0 : Sent - (long)Sum("recv_datagrams_seen_total");

    /// <summary>Whether every datagram was delivered.</summary>
    public bool IsLossless => Sent > 0 && Outcomes.Where(each => each.Outcome == "delivered").Sum(each => each.Datagrams) == Sent;

    /// <summary>A value over all its labels.</summary>
    public double Sum(string name) => ServiceSample.Sum(Last, name);

    private static IReadOnlyDictionary<string, double> Settled(RecvService service)
    {
        long deadline = Environment.TickCount64 + (long)SettleTimeout.TotalMilliseconds;
        while (true)
        {
            IReadOnlyDictionary<string, double> now = service.Metrics;
            bool settled = ServiceSample.Sum(now, "recv_datagrams_in_flight") == 0 && ServiceSample.Sum(now, "recv_gpu_busy_slots") == 0
                && ServiceSample.Sum(now, "recv_ring_chunks") == 0;
            if (settled || Environment.TickCount64 > deadline) return now;
            Thread.Sleep(Poll);
        }
    }
}

/// <summary>What the service used at one moment.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ServiceSample(double ResidentMiB, double HeapMiB, double AllocatedMiB)
{
    private const double MiB = 1 << 20;

    /// <summary>Of its metrics.</summary>
    public ServiceSample(IReadOnlyDictionary<string, double> metrics) : this(
        Sum(metrics, "process_resident_memory_bytes") / MiB, Sum(metrics, "recv_gc_heap_bytes") / MiB,
            Sum(metrics, "recv_gc_allocated_bytes_total") / MiB)
    {
    }

    /// <summary>Resident memory that is not the garbage collector's: what a leak would show in.</summary>
    public double OtherMiB => ResidentMiB - HeapMiB;

    /// <summary>A value over all its labels.</summary>
    public static double Sum(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.Where(each => each.Key == name || each.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(each => each.Value);
}
