namespace Recv.Doctor.Checks;

/// <summary>Each multicast group takes a socket.</summary>
internal sealed class OpenFilesCheck : IHostCheck
{
    private const string Name = "open-files";
    private const long Enough = 1024;

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Limit("Max open files") is not { } limit) yield break;
        yield return limit >= Enough
            ? new Finding(Name, FindingLevel.Fine, $"{limit} descriptors may be open")
            : new Finding(Name, FindingLevel.Advice, $"{limit} descriptors may be open", "each multicast group takes one",
                "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit");
    }
}
