namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>What datagrams of a capture came inside.</summary>
internal enum EncapsulationKind
{
    Vxlan,
    Geneve,
    Gre,
    Erspan1,
    Erspan2,
    Erspan3,
    Mpls,
    IpInIp,
    Pppoe,
    Snap,
}
