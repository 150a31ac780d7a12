using System.Runtime.CompilerServices;
using Recv.Ledger;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Sources.Packet;

/// <summary>Walks over the packets of one block and gives their datagrams, splitting super-packets.</summary>
/// <remarks><b>Threading:</b> the receive thread. <b>Owns:</b> nothing.</remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal unsafe struct PacketBlock
{
    private byte* _packet;
    private byte* _end;
    private uint _left;
    private byte* _segment;
    private int _segmentsLeftBytes;
    private int _segmentBytes;
    private long _arrivalNanoseconds;

    /// <summary>Starts a block that was taken.</summary>
    public PacketBlock(Libc.tpacket_block_desc* block, int blockBytes)
    {
        _packet = (byte*)block + block->offset_to_first_pkt;
        _end = (byte*)block + Math.Min(block->blk_len, (uint)blockBytes);
        _left = block->num_pkts;
    }

    /// <summary>True while there is something that has not been given.</summary>
    public readonly bool HasMore => _left > 0 || _segmentsLeftBytes > 0;

    /// <summary>One of the packets so far was several datagrams.</summary>
    public bool SawSuperPacket { get; private set; }

    /// <summary>Gives the next datagrams in order of arrival.</summary>
    public int Give(Span<Datagram> batch, FrameParser parser, FrameSkips skips, bool hasSegmentSizes)
    {
        int given = 0;
        while (given < batch.Length)
        {
            if (_segmentsLeftBytes > 0)
            {
                batch[given++] = NextSegment();
                continue;
            }
            if (_left == 0) break;
            var header = (Libc.tpacket3_hdr*)_packet;
            FrameSkip skip = Read(header, parser, out Datagram datagram);
            _left--;
            _packet += header->tp_next_offset;
            if (skip != FrameSkip.None)
            {
                skips.Count(skip);
                continue;
            }
            int segment = hasSegmentSizes ? SegmentBytes(header) : 0;
            SawSuperPacket |= segment > 0;
            if (segment > 0 && datagram.Flaw == Outcome.None && segment < datagram.Length) StartSegments(in datagram, segment);
            else batch[given++] = datagram;
        }
        return given;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FrameSkip Read(Libc.tpacket3_hdr* header, FrameParser parser, out Datagram datagram)
    {
        byte* frame = (byte*)header + header->tp_mac;
        // The ring is the kernel's, but a length that leads out of it is never followed.
        long room = _end - frame;
        int length = (int)Math.Min(header->tp_snaplen, (uint)Math.Max(0, room));
        FrameSkip skip = parser.Read(frame, length, length < header->tp_len, out datagram);
        datagram.ArrivalNanoseconds = header->tp_sec * 1_000_000_000L + header->tp_nsec;
        return skip;
    }

    // struct virtio_net_hdr ends where the frame begins.
    private static int SegmentBytes(Libc.tpacket3_hdr* header)
    {
        var offload = (Libc.virtio_net_hdr*)((byte*)header + header->tp_mac - sizeof(Libc.virtio_net_hdr));
        int type = offload->gso_type & ~Libc.VIRTIO_NET_HDR_GSO_ECN;
        return type == Libc.VIRTIO_NET_HDR_GSO_UDP_L4 ? offload->gso_size : 0;
    }

    private void StartSegments(in Datagram datagram, int segmentBytes)
    {
        _segment = datagram.Data;
        _segmentsLeftBytes = datagram.Length;
        _segmentBytes = segmentBytes;
        _arrivalNanoseconds = datagram.ArrivalNanoseconds;
    }

    private Datagram NextSegment()
    {
        int bytes = Math.Min(_segmentBytes, _segmentsLeftBytes);
        Datagram datagram = new() { Data = _segment, Length = bytes, ArrivalNanoseconds = _arrivalNanoseconds };
        _segment += bytes;
        _segmentsLeftBytes -= bytes;
        return datagram;
    }
}
