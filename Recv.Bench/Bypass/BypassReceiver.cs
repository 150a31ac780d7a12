using Recv.Bench.Receiving;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;
using Recv.Sources;

namespace Recv.Bench.Bypass;

/// <summary>Our receiver as a process of its own: receives until the feed has been silent for a second, then says what it took.</summary>
internal static class BypassReceiver
{
    /// <summary>Receives.</summary>
    public static int Run(BypassReceiveOptions options)
    {
        CompiledLayout layout = ReceiveProcess.Layout(options.Heap);
        bool isSocket = options.Source.StartsWith("udp:", StringComparison.Ordinal);
        // The kernel accounts twice what is asked for, and so do our options. A ring has its own default.
        SourceOptions? socket = isSocket ? new SourceOptions { BufferBytes = 2L * options.BufferMiB << 20 } : null;
        using var probe = new ReceiveProbe(SourceFactory.Create(SourceAddress.ParseList(options.Source), socket));
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(probe, layout.Instance)],
            Chunks = ReceiveProcess.Chunks,
        });
        receiver.Start();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Console.Error.WriteLine(ReceiveProcess.Ready);
        ReceiveProcess.WaitForSilence(receiver);
        double cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        receiver.RequestStop();
        receiver.Wait();
        LedgerSnapshot snapshot = receiver.Snapshots[0];
        Console.Out.WriteLine(new ReceiveResult
        {
            Datagrams = snapshot.Seen,
            Heaps = ReceiveProcess.WholeHeaps(snapshot),
            CpuSeconds = cpu,
            Allocated = probe.AllocatedBytes,
            Dropped = probe.Status.DroppedBefore,
            Seconds = probe.Seconds,
        });
        return 0;
    }
}
