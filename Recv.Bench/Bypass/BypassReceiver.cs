using System.Diagnostics;
using System.Globalization;
using Recv.Bench.Receiving;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Bench.Bypass;

/// <summary>Our receiver as a process of its own: receives until the feed has been silent for a second, then says what it took.</summary>
internal static class BypassReceiver
{
    private const int PollMilliseconds = 100;
    private const int SilentPolls = 10;

    /// <summary>Receives.</summary>
    public static int Run(BypassReceiveOptions options)
    {
        CompiledLayout layout = ReceiveProcess.Layout(options.Heap);
        bool isSocket = options.Source.StartsWith("udp:", StringComparison.Ordinal);
        // The kernel accounts twice what is asked for, and so do our options. A ring has its own default.
        UdpSourceOptions? socket = isSocket ? new UdpSourceOptions { BufferBytes = 2L * options.BufferMiB << 20 } : null;
        using IPacketSource source = SourceFactory.Create(SourceAddress.ParseList(options.Source), socket);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(source, layout.Instance)],
            Chunks = ReceiveProcess.Chunks,
        });
        receiver.Start();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Console.Error.WriteLine(ReceiveProcess.Ready);
        (long first, long last) = WaitForSilence(receiver);
        double cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        receiver.RequestStop();
        receiver.Wait();
        LedgerSnapshot snapshot = receiver.Snapshots[0];
        SourceStatus status = source.Status;
        long dropped = status.KernelDropped + status.RingDropped;
        double seconds = Stopwatch.GetElapsedTime(first, last).TotalSeconds;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"datagrams {snapshot.Seen} dropped {dropped} seconds {seconds:F3} cpu {cpu:F4}"));
        return 0;
    }

    private static (long First, long Last) WaitForSilence(Receiver receiver)
    {
        long seen = 0, first = 0, last = 0;
        for (int silent = 0; silent < SilentPolls;)
        {
            Thread.Sleep(PollMilliseconds);
            long now = receiver.Snapshots[0].Seen;
            silent = now != 0 && now == seen ? silent + 1 : 0;
            if (now != seen) last = Stopwatch.GetTimestamp();
            if (now != 0 && first == 0) first = last;
            seen = now;
        }
        return (first, last);
    }
}
