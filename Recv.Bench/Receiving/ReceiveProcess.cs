using System.Globalization;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Bench.Receiving;

/// <summary>
/// Our receiver as a process of its own: receives until the feed has been silent for a second, then says what it took.
/// </summary>
internal static class ReceiveProcess
{
    /// <summary>Heaps in a chunk, as in the peer's program.</summary>
    public const int ChunkHeaps = 8;

    /// <summary>Chunks in the pool, as in the peer's program.</summary>
    public const int Chunks = 8;

    /// <summary>Written to stderr before that, with the port of <c>/metrics</c> behind it.</summary>
    public const string Metrics = "metrics ";

    /// <summary>Written to stderr once datagrams can come, as by the peer's program.</summary>
    public const string Ready = "ready";

    private const int PollMilliseconds = 100;
    private const int SilentPolls = 10;

    /// <summary>Receives.</summary>
    public static int Run(ReceiveOptions options)
    {
        CompiledLayout layout = Layout(options.Heap);
        ReceiveProbe[] probes = [.. options.Cores.Select((_, stream) => Source(options, stream))];
        var early = new EarlyHeaps(ChunkHeaps);
        var verify = new VerifySink(new VerifyOptions());
        IChunkSink[] sinks = [options.Verify ? verify : new NullSink()];
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. probes.Zip(options.Cores, (probe, core) => new ReceiverInput(probe, layout.Instance, core))],
            Sinks = sinks,
            Observers = options.Early ? [early] : [],
            // A sink that comes late must not cost the first chunks.
            Chunks = 2 * Chunks * probes.Length,
        });
        using var disturbance = new Disturbance(options.AllocateMegabytes, options.CollectMilliseconds);
        using var metrics = new ServedMetrics(receiver, options.Scraped);
        receiver.Start();
        Console.Error.WriteLine($"{Metrics}{metrics.Port}");
        // Once beforehand, since compiling what looks at the receiver would take its core from it.
        Seen(receiver);
        double before = CpuSeconds(options.ThreadsOnly);
        int collections = GC.CollectionCount(2);
        Console.Error.WriteLine(Ready);
        WaitForSilence(receiver);
        double cpu = CpuSeconds(options.ThreadsOnly) - before;
        collections = GC.CollectionCount(2) - collections;
        metrics.Dispose();
        receiver.RequestStop();
        receiver.Wait();
        Console.Out.WriteLine(new ReceiveResult
        {
            Datagrams = receiver.Snapshots.Sum(snapshot => snapshot.Seen),
            Heaps = receiver.Snapshots.Sum(WholeHeaps),
            CpuSeconds = cpu,
            Early = options.Early ? early.Absent : 0,
            Wrong = verify.Counts.Wrong,
            Allocated = probes.Sum(probe => probe.AllocatedBytes),
            Collections = collections,
            Dropped = receiver.SourceStatuses.Sum(status => status.KernelDropped),
            Compiled = receiver.Gauges.Sum(gauges => gauges.CompiledMethods),
            StallMilliseconds = receiver.Gauges.Max(gauges => gauges.LongestStall.TotalMilliseconds),
        });
        return 0;
    }

    // First word of schedstat: time on a core in nanoseconds (Documentation/scheduler/sched-stats.rst). Receiver gives its receive
    // threads these names.
    private static double CpuSeconds(bool threadsOnly) => !threadsOnly
        ? Environment.CpuUsage.TotalTime.TotalSeconds
        : Directory.EnumerateDirectories("/proc/self/task")
            .Where(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith("receive ", StringComparison.Ordinal))
            .Sum(task => 1e-9 * long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture));

    internal static CompiledLayout Layout(long heap)
    {
        string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
        var set = new Dictionary<string, string> { ["heap_size"] = Text(heap), ["chunk_heaps"] = Text(ChunkHeaps) };
        return LayoutCatalog.Resolve("spead2-send", set, new Dictionary<string, string>());
    }

    internal static ReceiveProbe Source(ReceiveOptions options, int stream)
    {
        // The kernel accounts twice what is asked for, and so do our options.
        var socket = new SourceOptions { BufferBytes = 2L * options.BufferMiB << 20, BufferRequired = true, Wait = options.Wait };
        return new ReceiveProbe(new UdpSource([SourceAddress.Parse($"127.0.0.1:{options.Port + stream}")], socket));
    }

    internal static void WaitForSilence(Receiver receiver)
    {
        long last = 0;
        for (int silent = 0; silent < SilentPolls;)
        {
            Thread.Sleep(PollMilliseconds);
            long seen = Seen(receiver);
            silent = seen != 0 && seen == last ? silent + 1 : 0;
            last = seen;
        }
    }

    private static long Seen(Receiver receiver) => receiver.Snapshots.Sum(snapshot => snapshot.Seen);

    internal static long WholeHeaps(LedgerSnapshot snapshot)
    {
        long Count(StreamStatistic statistic) => snapshot.Statistics[(int)statistic];
        return Count(StreamStatistic.Heaps)
            - Count(StreamStatistic.IncompleteHeapsEvicted) - Count(StreamStatistic.IncompleteHeapsFlushed)
            - Count(StreamStatistic.RejectedHeaps) - Count(StreamStatistic.TooOldHeaps);
    }
}
