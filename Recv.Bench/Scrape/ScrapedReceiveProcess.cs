using System.Globalization;
using System.Net;
using Recv.Bench.Receiving;
using Recv.Service;
using Recv.Sinks.Null;

namespace Recv.Bench.Scrape;

/// <summary>
/// Our receiver with <c>/metrics</c>, as a process of its own: its CPU time is that of the receive thread alone, as the
/// scheduler accounts it.
/// </summary>
internal static class ScrapedReceiveProcess
{
    // Receiver gives its receive threads these names.
    private const string ThreadName = "receive 0";

    /// <summary>Receives until the feed has been silent for a second.</summary>
    public static int Run(ScrapedReceiveOptions options)
    {
        var receiving = new ReceiveOptions { Port = options.Port, BufferMiB = options.BufferMiB, Heap = options.Heap };
        ReceiveProbe probe = ReceiveProcess.Source(receiving, stream: 0);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(probe, ReceiveProcess.Layout(options.Heap).Instance, options.Core)],
            Sinks = [new NullSink()],
            Chunks = 2 * ReceiveProcess.Chunks,
        });
        HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, options.HttpPort), receiver);
        receiver.Start();
        long before = ThreadNanoseconds();
        Console.Error.WriteLine(ReceiveProcess.Ready);
        ReceiveProcess.WaitForSilence(receiver);
        long cpu = ThreadNanoseconds() - before;
        endpoint.DisposeAsync().AsTask().GetAwaiter().GetResult();
        receiver.RequestStop();
        receiver.Wait();
        Console.Out.WriteLine(new ReceiveResult
        {
            Datagrams = receiver.Snapshots.Sum(snapshot => snapshot.Seen),
            Heaps = receiver.Snapshots.Sum(ReceiveProcess.WholeHeaps),
            CpuSeconds = cpu * 1e-9,
            Allocated = probe.AllocatedBytes,
            Collections = GC.CollectionCount(0),
        });
        return 0;
    }

    // First word of schedstat: time on a core in nanoseconds (Documentation/scheduler/sched-stats.rst).
    private static long ThreadNanoseconds()
    {
        string task = Directory.EnumerateDirectories("/proc/self/task")
            .Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == ThreadName);
        return long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
