using Recv.Sources;

namespace Recv.Doctor.Checks;

/// <summary>AF_XDP on an interface that may be disturbed: opens it for a moment, and says which way the driver can.</summary>
internal sealed class XdpTrialCheck : IHostCheck
{
    private const string Name = "af-xdp-driver";

    // Ours, of the block for use inside a site (RFC 2365).
    private const string Group = "239.255.71.48";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Interface is null || !host.MayTry) yield break;
        using IPacketSource source = SourceFactory.Create([SourceAddress.Parse($"xdp:{host.Interface}/0:{Group}")]);
        RecvException? refusal = null;
        try
        {
            source.Open();
        }
        catch (RecvException error)
        {
            refusal = error;
        }
        if (refusal is not null)
            yield return new Finding(Name, FindingLevel.Advice, refusal.Message, "xdp: is not available on this interface as it is");
        else if (source.Status.Gauges?["xdp_native"] == 0)
            yield return new Finding(Name, FindingLevel.Advice, source.Remarks[0],
                "the program runs behind the driver; packet: may be as fast");
        else
            yield return new Finding(Name, FindingLevel.Fine, source.Remarks[0]);
    }
}
