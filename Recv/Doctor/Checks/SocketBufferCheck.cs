using Recv.Native;

namespace Recv.Doctor.Checks;

/// <summary>Socket buffers must hold what comes during a stall of the receive thread.</summary>
internal sealed class SocketBufferCheck : IHostCheck
{
    private const string Name = "socket-buffer";
    private const double StallSeconds = 0.05;

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Number("/proc/sys/net/core/rmem_max") is not { } most) return [];
        // The kernel doubles what it is asked for, to have room for its own overhead, and accounts that.
        double granted = 2.0 * most;
        double wanted = host.Rate * 1e9 / 8 * StallSeconds;
        bool may = Capabilities.Missing(Capabilities.NetAdmin).Length == 0;
        string what = FormattableString.Invariant(
            $"socket buffers may be {granted / 1048576:0.#} MiB, {granted / (host.Rate * 1.25e8) * 1000:0.##} ms at {host.Rate:0.##} Gb/s");
        if (may) return [new Finding(Name, FindingLevel.Fine, what + ", and more with CAP_NET_ADMIN, which this process has")];
        if (granted >= wanted) return [new Finding(Name, FindingLevel.Fine, what)];
        long fix = (long)Math.BitIncrement(Math.Ceiling(wanted / 2 / 1048576)) * 1048576;
        return [new Finding(Name, granted < wanted / 8 ? FindingLevel.Problem : FindingLevel.Advice, what,
            "what comes while the receive thread is held up for 50 ms (preemption, compaction, a burst of interrupts) must fit",
            $"sudo sysctl -w net.core.rmem_max={fix}")];
    }
}
