using Recv.Doctor.Checks;

namespace Recv.Doctor;

/// <summary>All checks, in the order in which they matter.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public static class Checkup
{
    /// <summary>The checks. A new one is added here.</summary>
    public static IReadOnlyList<IHostCheck> All { get; } =
    [
        new SocketBufferCheck(),
        new CoresCheck(),
        new ReverseFilterCheck(),
        new OpenFilesCheck(),
        new MembarrierCheck(),
        new RuntimeCheck(),
        new InterfaceCheck(),
        new XdpCheck(),
        new XdpTrialCheck(),
        new PacketRingCheck(),
        new MemlockCheck(),
        new HugePagesCheck(),
        new GovernorCheck(),
        new IsolationCheck(),
        new NumaCheck(),
        new GpuCheck(),
    ];

    /// <summary>Looks at everything. A check that fails is itself a finding.</summary>
    public static IReadOnlyList<Finding> Look(HostFacts host, IEnumerable<IHostCheck>? checks = null)
    {
        List<Finding> findings = [];
        foreach (IHostCheck check in checks ?? All)
        {
            try
            {
                findings.AddRange(check.Look(host));
            }
            catch (Exception failure)
            {
                findings.Add(new Finding(check.GetType().Name, FindingLevel.Advice,
                    $"the check itself failed: {failure.Message.ReplaceLineEndings(" ")}",
                    "this is a fault of recv, please report it"));
            }
        }
        return findings;
    }
}
