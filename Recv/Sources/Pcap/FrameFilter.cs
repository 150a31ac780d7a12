using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Recv.Ledger;
using Recv.Sources.Pcap.Encapsulation;
using Recv.Sources.Pcap.Fragments;

namespace Recv.Sources.Pcap;

/// <summary>Finds the UDP datagram of a frame, in whatever it is wrapped and in how many pieces it comes, and tells whether it is
/// ours.</summary>
/// <remarks>
/// <para>For an IPv4 destination it accepts what the reference's filter accepts: whole IPv4 datagrams with UDP for the
/// destination; options are skipped, checksums are not looked at. Beyond it, IPv6, tags and encapsulations are read and pieces put
/// together.
/// <see cref="Frames.FrameParser"/> does the like for frames of a card, with pointers and no more than cards give: no link types but
/// Ethernet, no extension headers, no encapsulations; there a datagram in pieces is an outcome.</para>
/// <para><b>Threading:</b> one thread; counts are read by any. <b>Owns:</b> what pieces are put together in.</para>
/// </remarks>
internal sealed class FrameFilter(EndpointRange? destination) : IDisposable
{
    private enum Found
    {
        NotOurs,
        Ours,
        Held,
    }

    // By EncapsulationKind.
    private static readonly ImmutableArray<string> KindNames =
        ["vxlan", "geneve", "gre", "erspan_1", "erspan_2", "erspan_3", "mpls", "ip_in_ip", "pppoe", "snap"];

    private readonly WantedDestination _wanted = new(destination);
    private readonly SkipCounts _skipped = new();
    private readonly long[] _decapsulated = new long[KindNames.Length];
    private readonly Queue<LostDatagram> _lost = new();
    private readonly List<PartialDatagram> _lent = [];
    private Reassembler? _reassembler;
    private PartialDatagram? _place;
    private long _frames;
    private long _pieces, _joined;

    /// <summary>Whether <see cref="Read"/> says who sent a datagram.</summary>
    public bool KeepsOrigins { get; set; }

    /// <summary>Whether datagrams of ours are to be given that lack pieces (<see cref="TakeLost"/>).</summary>
    public bool HasLost => _lost.Count > 0;

    /// <summary>Frames that were not ours, by reason.</summary>
    public IReadOnlyDictionary<string, long> Skipped => _skipped.ByReason();

    /// <summary>Frames of ours that came inside something else, by what that is, those kinds that occurred.</summary>
    public IReadOnlyDictionary<string, long> Decapsulated => Enumerable.Range(0, KindNames.Length)
        .Select(kind => KeyValuePair.Create(KindNames[kind], Volatile.Read(ref _decapsulated[kind])))
        .Where(kind => kind.Value > 0).ToDictionary();

    /// <summary>Frames that held pieces of datagrams, datagrams put together from them, and frames for other ports, those that
    /// occurred.</summary>
    public IReadOnlyDictionary<string, long> Gauges
    {
        get
        {
            Dictionary<string, long> gauges = [];
            if (Volatile.Read(ref _pieces) is var pieces and > 0)
                (gauges["fragments"], gauges["reassembled"]) = (pieces, Volatile.Read(ref _joined));
            _skipped.AddPorts(gauges);
            return gauges;
        }
    }

    /// <summary>Looks at one frame. What it gives of a datagram in pieces is lent until <see cref="Release"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="datagram">What it carries, when it is ours: its payload; with a flaw no more of it than its front.</param>
    /// <param name="origin">Who sent it, when that is kept.</param>
    /// <returns>Whether it is ours.</returns>
    public bool Read(PcapFrame frame, out Datagram datagram, out DatagramOrigin origin)
    {
        (datagram, origin) = (default, default);
        _frames++;
        Skip skip = LinkType.Open(frame.LinkType, frame.Captured, out ReadOnlySpan<byte> bytes, out int type);
        if (skip.Reason == SkipReason.None)
        {
            // Nearly every frame: IP and UDP in nothing, in one piece.
            if (type is not (EtherTypes.Ipv4 or EtherTypes.Ipv6) || bytes.IsEmpty || bytes[0] >> 4 != (type == EtherTypes.Ipv4 ? 4 : 6)
                || IpDatagram.Read(bytes, out IpDatagram ip) != SkipReason.None
                || ip.Protocol != IpDatagram.Udp || ip.IsFragment || ip.HasPorts && UdpTunnels.IsPort(ip.ToPort))
                return ReadOther(new Inside { Bytes = bytes, Type = type, IsCut = frame.IsSnapped, Frames = 1 },
                    frame.ArrivalNanoseconds, out datagram, out origin);
            if (_wanted.Takes(ip))
            {
                datagram = Datagram(ip, frame.IsSnapped, frame.ArrivalNanoseconds);
                if (KeepsOrigins) origin = ip.Origin;
                return true;
            }
            skip = _wanted.Refusal(ip);
        }
        _skipped.Add(skip);
        return false;
    }

    /// <summary>Gives a datagram that lacks pieces.</summary>
    public void TakeLost(out Datagram datagram, out DatagramOrigin origin)
    {
        LostDatagram lost = _lost.Dequeue();
        datagram = Sources.Datagram.Over(default, lost.Arrival, lost.Flaw);
        origin = lost.Origin;
    }

    /// <summary>Takes back what was lent.</summary>
    public void Release()
    {
        foreach (PartialDatagram place in _lent) place.IsLent = false;
        _lent.Clear();
    }

    /// <summary>The capture is over: pieces whose others did not come are lost.</summary>
    public void Flush() => _reassembler?.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _lost.Clear();
        _reassembler?.Dispose();
        _reassembler = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadOther(Inside inside, long arrival, out Datagram datagram, out DatagramOrigin origin)
    {
        (datagram, origin) = (default, default);
        _place = null;
        Found found = Find(ref inside, arrival, joins: true, out Skip skip);
        if (found == Found.Ours)
        {
            IpDatagram.Read(inside.Bytes, out IpDatagram ip);
            datagram = Datagram(ip, inside.IsCut, arrival);
            origin = ip.Origin;
            for (int kind = 0; kind < KindNames.Length; kind++)
                if ((inside.Kinds >> kind & 1) != 0) Volatile.Write(ref _decapsulated[kind], _decapsulated[kind] + 1);
            if (_place is null) return true;
            Volatile.Write(ref _joined, _joined + 1);
            Volatile.Write(ref _pieces, _pieces + inside.Frames);
            _lent.Add(_place);
            return true;
        }
        if (_place is not null) _place.IsLent = false;
        if (found == Found.NotOurs) _skipped.Add(skip, inside.Frames);
        return false;
    }

    /// <summary>Takes headers off until <paramref name="inside"/> is a datagram of UDP that is ours, or something that cannot be.</summary>
    private Found Find(scoped ref Inside inside, long arrival, bool joins, out Skip skip)
    {
        for (; ; )
        {
            skip = LinkHeaders.ToIp(ref inside);
            if (skip.Reason != SkipReason.None) return Found.NotOurs;
            bool isIpv6 = inside.Type == EtherTypes.Ipv6;
            skip = IpDatagram.Read(inside.Bytes, out IpDatagram ip);
            if (skip.Reason == SkipReason.None)
            {
                bool isUdp = ip.Protocol == IpDatagram.Udp;
                if (!isUdp && !IpTunnels.Are(ip.Protocol)) skip = new Skip(SkipReason.IpProtocol, ip.Protocol);
                else if (ip.IsFragment)
                {
                    if (!joins) return OfPiece(ip, out skip);
                    if (!Join(ip, ref inside, arrival)) return Found.Held;
                    continue;
                }
                else if (isUdp && IsEnd(ip, ref inside, ref skip)) return skip.Reason == SkipReason.None ? Found.Ours : Found.NotOurs;
                else if (!isUdp) skip = IpTunnels.Open(ip, ref inside);
            }
            if (skip.Reason == SkipReason.None) continue;
            if (_wanted.WantsOtherThan(isIpv6)) skip = SkipReason.Ipv6;
            return Found.NotOurs;
        }
    }

    /// <summary>Whether a datagram of UDP is no tunnel. It is ours unless <paramref name="skip"/> says why not.</summary>
    private bool IsEnd(scoped in IpDatagram ip, scoped ref Inside inside, scoped ref Skip skip)
    {
        bool isWanted = _wanted.Takes(ip);
        // What was asked for by address and port is taken as it stands.
        if (isWanted && !_wanted.TakesAll) return true;
        if (ip.HasPorts && UdpTunnels.TryOpen(ip, ref inside, out skip)) return false;
        if (!isWanted) skip = _wanted.Refusal(ip);
        return true;
    }

    /// <summary>Adds a piece to its datagram. True when that is whole, and goes on in <paramref name="inside"/>.</summary>
    private bool Join(scoped in IpDatagram piece, ref Inside inside, long arrival)
    {
        _reassembler ??= new Reassembler(Lose);
        int begin = Math.Min(piece.BodyAt, inside.Bytes.Length);
        ReadOnlySpan<byte> bytes = inside.Bytes[begin..Math.Clamp(piece.End, begin, inside.Bytes.Length)];
        PieceState state = _reassembler.Add(piece, bytes, inside.IsCut, inside.Frames, _frames, arrival, out PartialDatagram datagram);
        if (_place is not null) _place.IsLent = false;
        _place = null;
        if (state == PieceState.Repeated) Volatile.Write(ref _pieces, _pieces + inside.Frames);
        if (state != PieceState.Whole) return false;
        _place = datagram;
        inside.Bytes = datagram.Whole;
        (inside.Frames, inside.IsCut) = (datagram.Frames, false);
        return true;
    }

    /// <summary>A datagram will not be whole. Whether it is ours its first piece tells, or else its address.</summary>
    private void Lose(PartialDatagram lost)
    {
        var origin = new DatagramOrigin(lost.Key.From, 0, lost.Key.To, 0, lost.Key.IsIpv6);
        bool isOurs = _wanted.Has(lost.Key.To, lost.Key.IsIpv6);
        Skip skip = _wanted.WantsOtherThan(lost.Key.IsIpv6) ? SkipReason.Ipv6 : SkipReason.OtherDestination;
        if (lost.HasFront)
        {
            int type = lost.Key.IsIpv6 ? EtherTypes.Ipv6 : EtherTypes.Ipv4;
            var inside = new Inside { Bytes = lost.Front, Type = type, IsCut = true, Frames = lost.Frames };
            isOurs = Find(ref inside, lost.Arrival, joins: false, out skip) == Found.Ours;
            if (isOurs && IpDatagram.Read(inside.Bytes, out IpDatagram ip) == SkipReason.None && ip.HasPorts && !ip.IsFragment)
                origin = ip.Origin;
        }
        if (!isOurs) _skipped.Add(skip, lost.Frames);
        else
        {
            Volatile.Write(ref _pieces, _pieces + lost.Frames);
            _lost.Enqueue(new LostDatagram(origin, lost.Flaw, lost.Arrival));
        }
    }

    private Found OfPiece(scoped in IpDatagram piece, out Skip skip)
    {
        skip = SkipReason.OtherDestination;
        return _wanted.Has(DatagramOrigin.Number(piece.To), piece.IsIpv6) ? Found.Ours : Found.NotOurs;
    }

    private static Datagram Datagram(scoped in IpDatagram ip, bool isCut, long arrival)
    {
        Outcome flaw = Outcome.TruncatedCapture;
        ReadOnlySpan<byte> payload = isCut ? ip.Front : ip.Payload(out flaw);
        return Sources.Datagram.Over(payload, arrival, flaw);
    }
}
