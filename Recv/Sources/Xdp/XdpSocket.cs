using System.Numerics;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>An AF_XDP socket on one queue, with the ring of full frames and the ring of empty ones.</summary>
/// <remarks>
/// <b>Threading:</b> one thread; <see cref="Read"/> from any until <see cref="Dispose"/>. <b>Owns:</b> descriptor and rings.
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class XdpSocket : IDisposable
{
    private readonly string _text;
    private XdpRing<Libc.xdp_desc>? _received;
    private XdpRing<ulong>? _empty;
    private Libc.xdp_statistics _forgotten;

    /// <summary>Opens a socket that is not bound.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public XdpSocket(string text)
    {
        _text = text;
        Descriptor = Libc.socket(Libc.AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        if (Descriptor < 0) throw XdpRefusal.Of(text, "an AF_XDP socket", Marshal.GetLastPInvokeError());
    }

    public int Descriptor { get; private set; }

    /// <summary>Frames with packets.</summary>
    public XdpRing<Libc.xdp_desc> Received => _received!;

    /// <summary>Frames for packets to come.</summary>
    public XdpRing<ulong> Empty => _empty!;

    /// <summary>Registers memory; the first socket of those that share it.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void Register(byte* memory, UmemLayout layout)
    {
        Libc.xdp_umem_reg registration = new()
        {
            addr = (ulong)memory,
            len = (ulong)layout.Bytes,
            chunk_size = (uint)layout.FrameBytes,
            flags = layout.IsDense ? Libc.XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0,
        };
        int error = 0;
        // What was registered for the attempt before counts against the limit of locked memory until the kernel gets round to freeing it.
        for (int tries = 0; tries < MaxTries; tries++)
        {
            error = Set(Libc.XDP_UMEM_REG, &registration, sizeof(Libc.xdp_umem_reg));
            if (error != Libc.ENOBUFS) break;
            Thread.Sleep(TryAgainMilliseconds);
        }
        if (error != 0) throw XdpRefusal.Of(_text, $"registering {layout.Bytes >> 20} MiB of frames", error);
    }

    // A second in all.
    private const int MaxTries = 50;
    private const int TryAgainMilliseconds = 20;

    /// <summary>Makes and maps the rings, each with room for all frames.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void MakeRings(int frames)
    {
        int entries = (int)BitOperations.RoundUpToPowerOf2((uint)frames);
        // Obligatory, although nothing is ever sent.
        int completions = 64;
        Ensure(Libc.XDP_UMEM_FILL_RING, &entries, sizeof(int), "the ring of empty frames");
        Ensure(Libc.XDP_UMEM_COMPLETION_RING, &completions, sizeof(int), "the ring of sent frames");
        Ensure(Libc.XDP_RX_RING, &entries, sizeof(int), "the ring of full frames");
        Libc.xdp_mmap_offsets offsets = default;
        uint length = (uint)sizeof(Libc.xdp_mmap_offsets);
        int result = Libc.getsockopt(Descriptor, Libc.SOL_XDP, Libc.XDP_MMAP_OFFSETS, &offsets, &length);
        if (result != 0 || length != sizeof(Libc.xdp_mmap_offsets))
            throw XdpRefusal.Of(_text, "the layout of the rings (Linux 5.4)", Marshal.GetLastPInvokeError());
        _received = XdpRing<Libc.xdp_desc>.Map(Descriptor, Libc.XDP_PGOFF_RX_RING, offsets.rx, entries, out int error)
            ?? throw XdpRefusal.Of(_text, "mapping the ring of full frames", error);
        _empty = XdpRing<ulong>.Map(Descriptor, Libc.XDP_UMEM_PGOFF_FILL_RING, offsets.fr, entries, out error)
            ?? throw XdpRefusal.Of(_text, "mapping the ring of empty frames", error);
    }

    /// <summary>Binds to a queue.</summary>
    /// <param name="interfaceIndex">The device.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="flags">XDP_COPY and the like; 0 with <paramref name="owner"/>.</param>
    /// <param name="owner">The socket whose memory it shares; null for that one itself.</param>
    /// <returns>0, or errno.</returns>
    public int Bind(int interfaceIndex, int queue, int flags, XdpSocket? owner)
    {
        Libc.sockaddr_xdp address = new()
        {
            sxdp_family = Libc.AF_XDP,
            sxdp_flags = (ushort)(owner is null ? flags : Libc.XDP_SHARED_UMEM),
            sxdp_ifindex = (uint)interfaceIndex,
            sxdp_queue_id = (uint)queue,
            sxdp_shared_umem_fd = owner is null ? 0 : (uint)owner.Descriptor,
        };
        int error = 0;
        // A queue whose socket was closed is free only when the kernel gets round to it.
        for (int tries = 0; tries < MaxTries; tries++)
        {
            error = Libc.bind(Descriptor, &address, (uint)sizeof(Libc.sockaddr_xdp)) == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error != Libc.EBUSY) break;
            Thread.Sleep(TryAgainMilliseconds);
        }
        return error;
    }

    /// <summary>Lets the receive thread poll the driver; interrupts come only when it does not.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void PreferBusyPoll(int microseconds, int budget)
    {
        int prefer = 1;
        bool set = SetSocket(Libc.SO_PREFER_BUSY_POLL, prefer) && SetSocket(Libc.SO_BUSY_POLL, microseconds)
            && SetSocket(Libc.SO_BUSY_POLL_BUDGET, budget);
        if (!set) throw XdpRefusal.Refused(_text, $"busy polling is refused: {Libc.Describe(Marshal.GetLastPInvokeError())}; "
            + "it needs Linux 5.11 and CAP_NET_ADMIN; leave out ?busy_poll=");
    }

    /// <summary>Tells the kernel to look at the ring of empty frames, or polls the driver.</summary>
    public void Kick() => _ = Libc.recvfrom(Descriptor, null, 0, Libc.MSG_DONTWAIT, null, null);

    /// <summary>True when the kernel has taken the socket off its queue for good, because the device is gone (xsk_notifier and xsk_recvmsg
    /// of net/xdp/xsk.c, Linux 5.11); one that is merely down says ENETDOWN.</summary>
    public bool IsUnbound => Libc.recvfrom(Descriptor, null, 0, Libc.MSG_DONTWAIT, null, null) < 0
        && Marshal.GetLastPInvokeError() == Libc.ENXIO;

    /// <summary>Counts start at zero for another reader.</summary>
    public void ForgetCounts() => _forgotten = ReadAll();

    /// <summary>What the kernel has counted for this reader.</summary>
    public Libc.xdp_statistics Read()
    {
        Libc.xdp_statistics all = ReadAll();
        all.rx_dropped -= _forgotten.rx_dropped;
        all.rx_invalid_descs -= _forgotten.rx_invalid_descs;
        all.rx_ring_full -= _forgotten.rx_ring_full;
        all.rx_fill_ring_empty_descs -= _forgotten.rx_fill_ring_empty_descs;
        return all;
    }

    private Libc.xdp_statistics ReadAll()
    {
        Libc.xdp_statistics statistics = default;
        uint length = (uint)sizeof(Libc.xdp_statistics);
        _ = Libc.getsockopt(Descriptor, Libc.SOL_XDP, Libc.XDP_STATISTICS, &statistics, &length);
        return statistics;
    }

    public void Dispose()
    {
        _received?.Dispose();
        _empty?.Dispose();
        if (Descriptor >= 0) _ = Libc.close(Descriptor);
        Descriptor = -1;
    }

    private bool SetSocket(int option, int value) =>
        Libc.setsockopt(Descriptor, Libc.SOL_SOCKET, option, &value, sizeof(int)) == 0;

    private void Ensure(int option, void* value, int bytes, string what)
    {
        int error = Set(option, value, bytes);
        if (error != 0) throw XdpRefusal.Of(_text, what, error);
    }

    private int Set(int option, void* value, int bytes) =>
        Libc.setsockopt(Descriptor, Libc.SOL_XDP, option, value, (uint)bytes) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
