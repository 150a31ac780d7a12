namespace Recv.Sources;

/// <summary>The kinds of source that an address can name.</summary>
public enum SourceKind
{
    /// <summary>UDP sockets, unicast or multicast.</summary>
    Udp,

    /// <summary>A capture file.</summary>
    Pcap,

    /// <summary>A packet socket with a ring, beside the sockets of the kernel.</summary>
    Packet,

    /// <summary>An AF_XDP socket on one receive queue of a device.</summary>
    Xdp,

    /// <summary>A native library.</summary>
    Shim,
}
