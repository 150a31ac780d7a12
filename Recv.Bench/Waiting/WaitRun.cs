using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Recv.Bench.InMemory;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Bench.Waiting;

/// <summary>A feed of single datagrams that carry their time of sending, and a source that receives them by one policy.</summary>
internal static class WaitRun
{
    // Longer than any stall: what has not come by then is lost.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Sends and receives once.</summary>
    /// <exception cref="RecvException">The host refused the policy or a core (exit code 3).</exception>
    public static WaitTimes Measure(WaitingOptions options, WaitPolicy policy)
    {
        using var source = new UdpSource([UdpLoopback], new SourceOptions { Wait = policy });
        source.Open();
        var sender = new Thread(() => MeasuredThread.Run(options.SenderCore, () => Send(options, source)));
        var times = new List<double>(options.Datagrams);
        double cpu = 0;
        sender.Start();
        MeasuredThread.Run(options.ReceiverCore, () => cpu = Receive(source, options.Datagrams, times));
        sender.Join();
        if (times.Count == 0) throw RecvException.HostRefused("no datagram came over 127.0.0.1; see nft list ruleset");
        return new WaitTimes([.. times.Order()], cpu, options.Datagrams - times.Count);
    }

    // Any port: the kernel chooses.
    private static SourceAddress UdpLoopback
    {
        get
        {
            SourceAddress address = SourceAddress.Parse("127.0.0.1");
            return address with { Destination = address.Destination! with { Port = 0 } };
        }
    }

    private static void Send(WaitingOptions options, UdpSource source)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(source.LocalEndpoints[0]);
        byte[] datagram = new byte[options.Packet];
        long step = Stopwatch.Frequency * options.Microseconds / 1_000_000;
        long due = Stopwatch.GetTimestamp();
        for (int i = 0; i < options.Datagrams; i++, due += step)
        {
            // Spinning, since a sleep is not exact enough.
            while (Stopwatch.GetTimestamp() < due) Thread.SpinWait(10);
            BinaryPrimitives.WriteInt64LittleEndian(datagram, Stopwatch.GetTimestamp());
            socket.Send(datagram);
        }
    }

    /// <summary>Receives all, or what comes until patience ends.</summary>
    /// <returns>Share of the core that was used from the first datagram to the last.</returns>
    private static double Receive(UdpSource source, int expected, List<double> times)
    {
        var batch = new Datagram[source.MaxBatch];
        long begun = 0, last = Stopwatch.GetTimestamp(), cpuBegun = 0, cpuLast = 0;
        while (times.Count < expected && Stopwatch.GetElapsedTime(last) < Patience)
        {
            int count = source.Receive(batch, wait: true);
            if (count == 0) continue;
            last = Stopwatch.GetTimestamp();
            foreach (Datagram datagram in batch.AsSpan(0, count))
                times.Add((last - BinaryPrimitives.ReadInt64LittleEndian(datagram.Span)) * 1e6 / Stopwatch.Frequency);
            source.Release();
            if (begun == 0) (begun, cpuBegun) = (last, CpuNanoseconds());
        }
        cpuLast = CpuNanoseconds();
        return (cpuLast - cpuBegun) / Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
    }

    // The first number is the time on a core (kernel Documentation/scheduler/sched-stats.rst).
    private static long CpuNanoseconds() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
}
