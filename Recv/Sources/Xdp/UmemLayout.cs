using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>How the memory that is shared with the kernel is cut into frames, and which of them belong to which queue.</summary>
/// <remarks>
/// <para>The kernel writes a packet behind a headroom of 256 bytes of a frame, and what does not fit behind the headroom of the next
/// frame that was posted. Dense frames overlap: each begins 256 bytes before the end of its predecessor, so that its headroom lies on
/// bytes that the predecessor may use, and its data begins where the predecessor's end. Frames are posted in the order in which they
/// lie, so that a packet of several frames comes out in one piece and needs no joining. Nothing is ever written into the
/// headroom: that would be the business of a program that moves the start of a packet, and ours does not. A card that writes by itself
/// (zero-copy) gets frames that do not overlap.</para>
/// <para><b>Threading:</b> immutable.</para>
/// </remarks>
/// <param name="FrameBytes">Room of a frame, headroom included: 2048 or 4096, nothing else is taken by all kernels.</param>
/// <param name="FramesPerQueue">Frames of each queue.</param>
/// <param name="Queues">Queues that share the memory.</param>
/// <param name="IsDense">Frames overlap.</param>
internal sealed record UmemLayout(int FrameBytes, int FramesPerQueue, int Queues, bool IsDense)
{
    /// <summary>XDP_PACKET_HEADROOM of linux/bpf.h.</summary>
    public const int Headroom = 256;

    // Ethernet and two VLAN tags.
    private const int LinkBytes = 14 + 2 * 4;

    /// <summary>The layout for an interface: small frames where a packet fits into one.</summary>
    public static UmemLayout For(int mtu, int framesPerQueue, int queues, bool isDense) =>
        new(mtu + LinkBytes <= 2048 - Headroom ? 2048 : 4096, framesPerQueue, queues, isDense);

    /// <summary>True when packets of this size may need several frames.</summary>
    public bool NeedsSegments(int mtu) => mtu + LinkBytes > DataBytes;

    /// <summary>Bytes of a packet in one frame.</summary>
    public int DataBytes => FrameBytes - Headroom;

    /// <summary>From one frame to the next.</summary>
    public int Stride => IsDense ? DataBytes : FrameBytes;

    /// <summary>Bytes of all frames.</summary>
    public long Bytes => (long)FramesPerQueue * Queues * Stride + (IsDense ? Headroom : 0);

    /// <summary>What of the address of a packet tells its frame.</summary>
    public ulong FrameMask => IsDense ? (1UL << Libc.XSK_UNALIGNED_BUF_OFFSET_SHIFT) - 1 : ~(ulong)(uint)(FrameBytes - 1);

    /// <summary>Where a frame of a queue begins.</summary>
    public ulong FrameAddress(int queue, int frame) => ((ulong)queue * (uint)FramesPerQueue + (uint)frame) * (uint)Stride;
}
