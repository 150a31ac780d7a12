namespace Recv.Sources;

/// <summary>The kinds of source that an address can name.</summary>
public enum SourceKind
{
    /// <summary>UDP sockets, unicast or multicast.</summary>
    Udp,

    /// <summary>A capture file.</summary>
    Pcap,
}
