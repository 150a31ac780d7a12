using Recv.Simulate;

namespace Recv.Bench.Receiving;

/// <summary>Our sender as a process of its own: the traffic of <c>spead2_send</c>, without a stop heap.</summary>
internal static class SendProcess
{
    /// <summary>Sends.</summary>
    public static int Run(SendOptions options)
    {
        var ports = Enumerable.Range(options.Port, options.Streams);
        using var sender = new UdpSender(new SimulatorOptions
        {
            Instrument = Instrument.Spead2,
            Parameters = new Dictionary<string, long> { ["heap_size"] = options.Heap },
            MaxPacketBytes = options.Packet,
            Heaps = options.Heaps,
            StopHeap = false,
            RateGbps = options.Rate,
            Segmentation = options.Segmentation,
            Destinations = [.. ports.SelectMany(port => UdpDestination.ParseList($"{options.Host}:{port}"))],
        });
        TimeSpan before = Environment.CpuUsage.TotalTime;
        sender.Start();
        sender.Wait(Timeout.InfiniteTimeSpan);
        double cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        SenderStatus status = sender.Status;
        Console.Out.WriteLine(new SendResult(status.AchievedGbps, cpu, status.Errors, status.Packets));
        return 0;
    }
}
