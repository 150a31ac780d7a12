using Recv.Memory;

namespace Recv.Sources.Pcap.Fragments;

/// <summary>Puts IP datagrams of a capture together from their pieces (RFC 791, RFC 815, RFC 8200 section 4.5).</summary>
/// <remarks>
/// <para>Memory is bounded by <see cref="Places"/>: when all are taken the oldest datagram goes. One that is not whole after
/// <see cref="LongestNanoseconds"/> of capture time, or <see cref="MostFramesBetween"/> frames after its last piece, is lost: a sender's
/// numbers have 16 bits and come round, in less than a second on a fast feed (RFC 4963).</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> its memory.</para>
/// </remarks>
internal sealed class Reassembler : IDisposable
{
    /// <summary>Datagrams under construction at one time.</summary>
    public const int Places = 256;

    /// <summary>As long as Linux waits (net.ipv4.ipfrag_time).</summary>
    public const long LongestNanoseconds = 30_000_000_000;

    /// <summary>Half as many as there are numbers.</summary>
    public const long MostFramesBetween = 32_768;

    // All places are looked at: not for every datagram.
    private const int BegunBetweenLooks = 32;

    private readonly NativeBlock _block = NativeBlock.Allocate((long)Places * PartialDatagram.PlaceBytes, "putting IP fragments together");
    private readonly PartialDatagram[] _places;
    private readonly Dictionary<FragmentKey, PartialDatagram> _byKey = new(2 * Places);
    private readonly Action<PartialDatagram> _lost;
    private int _next;
    private int _begun;

    /// <summary>An empty one.</summary>
    /// <param name="lost">Told of each datagram that will not be whole, while what came of it is still there.</param>
    public Reassembler(Action<PartialDatagram> lost)
    {
        _lost = lost;
        _places = [.. Enumerable.Range(0, Places).Select(place => new PartialDatagram(_block, (long)place * PartialDatagram.PlaceBytes))];
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="piece">Its headers.</param>
    /// <param name="bytes">What of its body is there.</param>
    /// <param name="isCut">Whether the frame was recorded too short.</param>
    /// <param name="frames">Frames that it is made of.</param>
    /// <param name="frame">Number of the last of them.</param>
    /// <param name="arrival">Its capture time.</param>
    /// <param name="datagram">Whose piece it is. When it is whole it is lent until somebody says otherwise.</param>
    public PieceState Add(in IpDatagram piece, ReadOnlySpan<byte> bytes, bool isCut, int frames, long frame, long arrival,
        out PartialDatagram datagram)
    {
        FragmentKey key = FragmentKey.Of(piece);
        if (!_byKey.TryGetValue(key, out datagram!) || IsOver(datagram, frame, arrival)) datagram = Begin(key, frame, arrival);
        PieceState state = datagram.Add(piece, bytes, isCut, frames, frame);
        if (state == PieceState.Foreign)
        {
            datagram = Begin(key, frame, arrival);
            state = datagram.Add(piece, bytes, isCut, frames, frame);
        }
        if (state != PieceState.Whole) return state;
        datagram.Close();
        datagram.IsLent = true;
        return state;
    }

    /// <summary>No more pieces come: what is not whole is lost.</summary>
    public void Flush()
    {
        // In the order in which they began.
        for (int i = 0; i < Places; i++) Clear(_places[(_next + i) % Places]);
    }

    public void Dispose() => _block.Dispose();

    private static bool IsOver(PartialDatagram datagram, long frame, long arrival) =>
        frame - datagram.LastFrame > MostFramesBetween || arrival - datagram.Arrival > LongestNanoseconds;

    /// <summary>Takes the oldest place that nobody reads.</summary>
    private PartialDatagram Begin(in FragmentKey key, long frame, long arrival)
    {
        while (_places[_next].IsLent) _next = (_next + 1) % Places;
        PartialDatagram place = _places[_next];
        _next = (_next + 1) % Places;
        Clear(place);
        // One that has the number already gives it up.
        if (_byKey.TryGetValue(key, out PartialDatagram? before)) Clear(before);
        if (++_begun % BegunBetweenLooks == 0) Expire(frame, arrival);
        place.Begin(key, arrival);
        _byKey[key] = place;
        return place;
    }

    private void Expire(long frame, long arrival)
    {
        foreach (PartialDatagram datagram in _places)
            if (datagram.IsOpen && IsOver(datagram, frame, arrival)) Clear(datagram);
    }

    private void Clear(PartialDatagram datagram)
    {
        if (datagram.IsOpen) _lost(datagram);
        datagram.Close();
        if (_byKey.TryGetValue(datagram.Key, out PartialDatagram? current) && current == datagram) _byKey.Remove(datagram.Key);
    }
}
