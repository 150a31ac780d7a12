using System.Collections.Immutable;

namespace Recv.Sources.Frames;

/// <summary>Why a frame that reached a source is not part of its stream; the first that applies.</summary>
internal enum FrameSkip
{
    /// <summary>It is part of the stream.</summary>
    None,

    /// <summary>Too short to tell what it is.</summary>
    ShortFrame,

    /// <summary>Neither IPv4 nor IPv6.</summary>
    NotIp,

    /// <summary>Another version than the link layer says, or an impossible header length.</summary>
    BadIpHeader,

    /// <summary>Another protocol than UDP.</summary>
    NotUdp,

    /// <summary>A later fragment of an IP datagram; the first one is what the ledger counts.</summary>
    LaterFragment,

    /// <summary>Another address or port.</summary>
    OtherDestination,

    /// <summary>Our address, but another sender than the one named.</summary>
    OtherSender,
}

/// <summary>How many frames were skipped, by reason.</summary>
/// <remarks><b>Threading:</b> one thread counts, any reads.</remarks>
internal sealed class FrameSkips
{
    private static readonly ImmutableArray<string> Names =
    [
        "none", "short_frame", "not_ip", "bad_ip_header", "not_udp", "later_fragment", "other_destination", "other_sender",
    ];

    private readonly long[] _counts = new long[Names.Length];

    /// <summary>One more.</summary>
    public void Count(FrameSkip reason) => Volatile.Write(ref _counts[(int)reason], _counts[(int)reason] + 1);

    /// <summary>All reasons with their counts.</summary>
    public Dictionary<string, long> Read() => Enumerable.Range(1, Names.Length - 1)
        .ToDictionary(reason => Names[reason], reason => Volatile.Read(ref _counts[reason]));
}
