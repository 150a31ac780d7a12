using Recv.Native;

namespace Recv.Doctor.Checks;

/// <summary>Packet rings (TPACKET_V3): the kernel, and the right.</summary>
internal sealed class PacketRingCheck : IHostCheck
{
    private const string Name = "packet-ring";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        int error = Libc.TrySocket(Libc.AF_PACKET, Libc.SOCK_RAW);
        yield return error switch
        {
            0 => new Finding(Name, FindingLevel.Fine, "packet sockets are there, and the right for them"),
            Libc.EPERM or Libc.EACCES => new Finding(Name, FindingLevel.Advice, "this process lacks CAP_NET_RAW",
                "packet: needs it",
                Capabilities.Grant(Capabilities.NetRaw)),
            _ => new Finding(Name, FindingLevel.Advice, $"no packet sockets: {Libc.Describe(error)}",
                "packet: sources are not available",
                "sudo modprobe af_packet"),
        };
    }
}
