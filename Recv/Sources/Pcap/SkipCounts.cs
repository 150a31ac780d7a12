using System.Collections.Immutable;

namespace Recv.Sources.Pcap;

/// <summary>Counts frames that are not ours: by reason, and what is unknown by its number.</summary>
/// <remarks>
/// A capture may hold any number of protocols, a table of them may not: beyond <see cref="MostNumbers"/> they count together.
/// <b>Threading:</b> one thread adds, any reads.
/// </remarks>
internal sealed class SkipCounts
{
    /// <summary>Most EtherTypes, protocols and ports that are told apart.</summary>
    public const int MostNumbers = 48;

    private const int FirstNumbered = (int)SkipReason.EtherType;

    // By SkipReason; the first is not a reason.
    private static readonly ImmutableArray<string> Names = ["none", "short_frame", "link_type", "not_ip", "ipv6", "bad_ip_header",
        "not_udp", "other_destination", "too_deep", "bad_encapsulation"];

    private readonly long[] _byReason = new long[FirstNumbered];
    private readonly Skip[] _numbered = new Skip[MostNumbers];
    private readonly long[] _byNumber = new long[MostNumbers];
    private int _numbers;

    /// <summary>Counts frames that are not ours.</summary>
    public void Add(Skip skip, int frames = 1)
    {
        if (skip.Reason == SkipReason.OtherDestination)
        {
            // A detail: it counts by its reason all the same.
            if (skip.Number != 0) TryAdd(skip, frames);
            Add(skip.Reason, frames);
        }
        else if ((int)skip.Reason < FirstNumbered) Add(skip.Reason, frames);
        else if (!TryAdd(skip, frames)) Add(skip.Reason == SkipReason.IpProtocol ? SkipReason.NotUdp : SkipReason.NotIp, frames);
    }

    /// <summary>Frames by reason: those reasons that always have a place, and the numbers that occurred.</summary>
    public Dictionary<string, long> ByReason()
    {
        Dictionary<string, long> counts = [];
        for (int reason = 1; reason < FirstNumbered; reason++) counts[Names[reason]] = Volatile.Read(ref _byReason[reason]);
        AddNumbered(counts, arePorts: false);
        return counts;
    }

    /// <summary>Adds the ports of other destinations to <paramref name="gauges"/>.</summary>
    public void AddPorts(Dictionary<string, long> gauges) => AddNumbered(gauges, arePorts: true);

    private void AddNumbered(Dictionary<string, long> counts, bool arePorts)
    {
        for (int i = 0; i < Volatile.Read(ref _numbers); i++)
        {
            bool isPort = _numbered[i].Reason == SkipReason.OtherDestination;
            if (isPort == arePorts) counts[NameOf(_numbered[i])] = Volatile.Read(ref _byNumber[i]);
        }
    }

    private void Add(SkipReason reason, int frames) => Volatile.Write(ref _byReason[(int)reason], _byReason[(int)reason] + frames);

    private bool TryAdd(Skip skip, int frames)
    {
        int at = _numbered.AsSpan(0, _numbers).IndexOf(skip);
        if (at < 0)
        {
            if (_numbers == MostNumbers) return false;
            at = _numbers;
            _numbered[at] = skip;
            // Published with what it stands for.
            Volatile.Write(ref _numbers, at + 1);
        }
        Volatile.Write(ref _byNumber[at], _byNumber[at] + frames);
        return true;
    }

    // The culture is invariant in the whole program.
    private static string NameOf(Skip skip) => skip.Reason switch
    {
        SkipReason.EtherType => $"ethertype_0x{skip.Number:x4}",
        SkipReason.ServiceAccessPoint => $"llc_0x{skip.Number:x2}",
        SkipReason.PppProtocol => $"ppp_0x{skip.Number:x4}",
        SkipReason.IpProtocol => $"protocol_{skip.Number}",
        _ => $"other_port_{skip.Number}",
    };
}
