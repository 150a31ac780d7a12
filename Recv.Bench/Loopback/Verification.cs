using Recv.Bench.Report;

namespace Recv.Bench.Loopback;

/// <summary>A run in which every byte is compared: a receiver that puts them in the wrong place may be fast, too.</summary>
internal static class Verification
{
    // The comparison runs on the receiver's core as well.
    private const double Gbps = 1;
    private const double Seconds = 0.5;

    /// <summary>Runs it.</summary>
    /// <exception cref="RecvException">A byte was wrong, or nothing came (exit code 1).</exception>
    public static RunSetting Of(Link link)
    {
        Link slow = (link with { Rate = Gbps }).Lasting(Seconds, Gbps);
        var received = LoopbackRun.Of(new OurReceiver { Verify = true }, slow).Received;
        if (received.Wrong > 0 || received.Heaps == 0)
            throw new RecvException($"{received.Wrong} of {received.Heaps} heaps are not what was sent", RecvException.Loss);
        return new RunSetting("verified", $"{received.Heaps} heaps compared byte by byte beforehand, all right");
    }
}
