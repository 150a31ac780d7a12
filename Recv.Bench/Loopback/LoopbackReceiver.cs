using System.Globalization;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Bench.Loopback;

/// <summary>
/// Our receiver as a process of its own: receives until the feed has been silent for a second, then says what it took.
/// </summary>
internal static class LoopbackReceiver
{
    /// <summary>Heaps in a chunk, as in the peer's program.</summary>
    public const int ChunkHeaps = 8;

    /// <summary>Chunks in the pool, as in the peer's program.</summary>
    public const int Chunks = 8;

    /// <summary>Written to stderr once datagrams can come, as by the peer's program.</summary>
    public const string Ready = "ready";

    private const int PollMilliseconds = 100;
    private const int SilentPolls = 10;

    /// <summary>Receives.</summary>
    public static int Run(ReceiveOptions options)
    {
        string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
        var set = new Dictionary<string, string> { ["heap_size"] = Text(options.Heap), ["chunk_heaps"] = Text(ChunkHeaps) };
        CompiledLayout layout = LayoutCatalog.Resolve("spead2-send", set, new Dictionary<string, string>());
        // The kernel accounts twice what is asked for, and so do our options.
        var socket = new UdpSourceOptions { BufferBytes = 2L * options.BufferMiB << 20, Wait = options.Wait, NapMicroseconds = options.NapMicroseconds };
        var source = new UdpSource([SourceAddress.Parse($"127.0.0.1:{options.Port}")], socket);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(source, layout.Instance)],
            Chunks = Chunks,
        });
        receiver.Start();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Console.Error.WriteLine(Ready);
        WaitForSilence(receiver);
        double cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        receiver.RequestStop();
        receiver.Wait();
        LedgerSnapshot snapshot = receiver.Snapshots[0];
        Console.Out.WriteLine(new ReceiveResult(snapshot.Seen, WholeHeaps(snapshot), cpu));
        return 0;
    }

    private static void WaitForSilence(Receiver receiver)
    {
        long last = 0;
        for (int silent = 0; silent < SilentPolls;)
        {
            Thread.Sleep(PollMilliseconds);
            long seen = receiver.Snapshots[0].Seen;
            silent = seen != 0 && seen == last ? silent + 1 : 0;
            last = seen;
        }
    }

    private static long WholeHeaps(LedgerSnapshot snapshot)
    {
        long Count(StreamStatistic statistic) => snapshot.Statistics[(int)statistic];
        return Count(StreamStatistic.Heaps)
            - Count(StreamStatistic.IncompleteHeapsEvicted) - Count(StreamStatistic.IncompleteHeapsFlushed)
            - Count(StreamStatistic.RejectedHeaps) - Count(StreamStatistic.TooOldHeaps);
    }
}
