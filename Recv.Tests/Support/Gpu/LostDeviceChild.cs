using System.Runtime.CompilerServices;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Gpu;

/// <summary>A device that is lost again and again, each time at the next of its calls, with a garbage collector that does not
/// rest.</summary>
internal static class LostDeviceChild
{
    public const string Name = "lost-device";

    private const int LaunchFailed = 719;
    private const int Calls = 120;

    private static volatile bool _ended;

    public static void Run()
    {
        using var driver = new FakeCuda();
        int lost = 0;
        // Also between the failure of a constructor and the catch.
        var collector = new Thread(CollectAlways) { IsBackground = true };
        collector.Start();
        for (int call = 0; call < Calls; call++)
        {
            driver.Fail("*", LaunchFailed, call);
            if (Loses()) lost++;
            Collect();
        }
        _ended = true;
        collector.Join();
        Console.WriteLine($"alive after {lost} losses");
        if (lost < Calls) throw new InvalidOperationException("at some calls nothing was lost");
    }

    // Of its own, so that nothing is reachable afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Loses()
    {
        try
        {
            var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Stages = [new StatisticsStage()] });
            using Receiver receiver = GpuFeed.Into(OverrunPolicy.Block, sink, new ProbeSink());
            receiver.Start();
            receiver.Wait();
            return !sink.Healthy;
        }
        catch (GpuException)
        {
            return true;
        }
    }

    private static void CollectAlways()
    {
        while (!_ended) Collect();
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
