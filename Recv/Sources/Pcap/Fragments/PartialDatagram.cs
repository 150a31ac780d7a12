using System.Buffers.Binary;
using Recv.Ledger;
using Recv.Memory;

namespace Recv.Sources.Pcap.Fragments;

/// <summary>A place in which the pieces of one IP datagram are put together (RFC 815).</summary>
/// <remarks>
/// Pieces that overlap are refused with all others of their datagram (RFC 5722), also those of IPv4: no sender makes them, and what is
/// right in them cannot be told. One that is there already, byte for byte, is a repeat: mirror ports see frames twice.
/// <b>Threading:</b> one thread. <b>Owns:</b> nothing: the memory is lent.
/// </remarks>
internal sealed class PartialDatagram(NativeBlock block, long at)
{
    /// <summary>Bytes of a place.</summary>
    public const int PlaceBytes = HeaderRoom + MaxBodyBytes + 1;

    // The longest header of IPv4 has 60 bytes; the body begins behind, aligned.
    private const int HeaderRoom = 64;
    private const int MaxBodyBytes = 65535;

    private readonly Units _units = new();
    private int _headerBytes;
    private int _firstBytes;
    private int _bodyBytes;
    private bool _isRefused;

    /// <summary>Whose pieces.</summary>
    public FragmentKey Key { get; private set; }

    /// <summary>Whether pieces are still awaited.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether anybody reads what was put together.</summary>
    public bool IsLent { get; set; }

    /// <summary>Capture time of the first piece that came.</summary>
    public long Arrival { get; private set; }

    /// <summary>Number of the last frame that held one.</summary>
    public long LastFrame { get; private set; }

    /// <summary>Frames that held pieces of it.</summary>
    public int Frames { get; private set; }

    /// <summary>Why it will not be whole: pieces are missing, or one was recorded too short.</summary>
    public Outcome Flaw { get; private set; }

    /// <summary>Whether the piece with its beginning came.</summary>
    public bool HasFront => _firstBytes > 0;

    /// <summary>The datagram, once it is whole.</summary>
    public ReadOnlySpan<byte> Whole => block.Span(at + HeaderRoom - _headerBytes, _headerBytes + _bodyBytes);

    /// <summary>Header and first piece of one that is not whole.</summary>
    public ReadOnlySpan<byte> Front => block.Span(at + HeaderRoom - _headerBytes, _headerBytes + _firstBytes);

    private Span<byte> Header => block.Span(at + HeaderRoom - _headerBytes, _headerBytes);

    private Span<byte> Body => block.Span(at + HeaderRoom, MaxBodyBytes);

    /// <summary>Empties the place for another datagram.</summary>
    public void Begin(in FragmentKey key, long arrival)
    {
        (Key, Arrival, Flaw, IsOpen, IsLent) = (key, arrival, Outcome.Fragment, true, false);
        (Frames, _headerBytes, _firstBytes, _bodyBytes, _isRefused) = (0, 0, 0, -1, false);
        _units.Clear();
    }

    /// <summary>No more pieces are awaited.</summary>
    public void Close() => IsOpen = false;

    /// <summary>Adds a piece.</summary>
    /// <param name="piece">Its headers.</param>
    /// <param name="bytes">What of its body is there.</param>
    /// <param name="isCut">Whether the frame was recorded too short.</param>
    /// <param name="frames">Frames that it is made of.</param>
    /// <param name="frame">Number of the last of them.</param>
    public PieceState Add(in IpDatagram piece, ReadOnlySpan<byte> bytes, bool isCut, int frames, long frame)
    {
        if (!IsOpen) return IsThere(piece, bytes) ? PieceState.Repeated : PieceState.Foreign;
        Frames += frames;
        LastFrame = frame;
        return AddOpen(piece, bytes, isCut);
    }

    private PieceState AddOpen(in IpDatagram piece, ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (piece.PieceOffset == 0 && !HasFront) KeepFront(piece, bytes);
        if (bytes.Length < piece.End - piece.BodyAt)
        {
            if (isCut) Flaw = Outcome.TruncatedCapture;
            return Refuse();
        }
        if (_isRefused) return PieceState.Waits;
        if (IsThere(piece, bytes)) return PieceState.Waits;
        if (!Fits(piece, bytes.Length)) return Refuse();
        bytes.CopyTo(Body[piece.PieceOffset..]);
        _units.Add(piece.PieceOffset / Units.Bytes, Units.In(bytes.Length));
        if (!piece.HasMorePieces) _bodyBytes = piece.PieceOffset + bytes.Length;
        if (_bodyBytes < 0 || _units.Count < Units.In(_bodyBytes)) return PieceState.Waits;
        if (!piece.IsIpv6 && _headerBytes + _bodyBytes > MaxBodyBytes) return Refuse();
        WriteLength(_bodyBytes);
        return PieceState.Whole;
    }

    // All others of its datagram with it: those that came, and those that come yet.
    private PieceState Refuse()
    {
        _isRefused = true;
        return PieceState.Waits;
    }

    private bool IsThere(in IpDatagram piece, ReadOnlySpan<byte> bytes)
    {
        int end = piece.PieceOffset + bytes.Length;
        bool isBeyond = piece.HasMorePieces ? _bodyBytes >= 0 && end > _bodyBytes : end != _bodyBytes;
        if (bytes.IsEmpty || end > MaxBodyBytes || isBeyond) return false;
        int units = Units.In(bytes.Length);
        return _units.CountIn(piece.PieceOffset / Units.Bytes, units) == units && Body[piece.PieceOffset..end].SequenceEqual(bytes);
    }

    private bool Fits(in IpDatagram piece, int bytes)
    {
        int end = piece.PieceOffset + bytes;
        if (bytes == 0 || end > MaxBodyBytes) return false;
        if (_units.CountIn(piece.PieceOffset / Units.Bytes, Units.In(bytes)) > 0) return false;
        if (piece.HasMorePieces) return bytes % Units.Bytes == 0 && (_bodyBytes < 0 || end <= _bodyBytes);
        return _bodyBytes < 0 && _units.CountIn(Units.In(end), Units.Most - Units.In(end)) == 0;
    }

    private void KeepFront(in IpDatagram piece, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        ReadOnlySpan<byte> header = piece.Header;
        (_headerBytes, _firstBytes) = (header.Length, Math.Min(bytes.Length, MaxBodyBytes));
        header.CopyTo(Header);
        bytes[.._firstBytes].CopyTo(Body);
        if (piece.IsIpv6) Header[6] = (byte)piece.Protocol;
        // No piece any more.
        else Header.Slice(6, 2).Clear();
        // Of one that never is whole: more than there is, so that it is seen to be cut.
        WriteLength(MaxBodyBytes - _headerBytes);
    }

    private void WriteLength(int bodyBytes)
    {
        if (Key.IsIpv6) BinaryPrimitives.WriteUInt16BigEndian(Header[4..], (ushort)bodyBytes);
        else BinaryPrimitives.WriteUInt16BigEndian(Header[2..], (ushort)(_headerBytes + bodyBytes));
    }
}
