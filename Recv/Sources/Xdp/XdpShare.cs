using System.Net;
using Recv.Memory;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Sources.Xdp;

/// <summary>
/// What the queues of one <c>--src</c> have in common: the memory for frames, the ports and memberships, and a socket for each
/// queue that is open.
/// </summary>
/// <remarks>
/// <para>The socket of a queue stays bound until all queues are closed, and is taken up again when its queue is opened again: the first
/// one lends its memory to the others, so that it must outlive them, and the kernel frees a queue only some time after its socket.</para>
/// <para><b>Threading:</b> under the lock of <see cref="XdpDevice"/>; a queue's socket and its frames belong to its receive thread
/// while it is open.</para>
/// <para><b>Owns:</b> memory, sockets, memberships.</para>
/// </remarks>
internal sealed unsafe class XdpShare : IDisposable
{
    private readonly XdpDevice _device;
    private readonly IReadOnlyList<SourceAddress> _addresses;
    private readonly XdpSourceOptions _options;
    private readonly QueueRange _queues;
    private readonly FrameHolder _holder;
    private readonly Dictionary<int, XdpSocket> _sockets = [];
    private readonly HashSet<int> _open = [];
    private XdpSocket? _owner;
    private NativeBlock? _memory;

    public XdpShare(XdpDevice device, IReadOnlyList<SourceAddress> addresses, XdpSourceOptions options)
    {
        (_device, _addresses, _options, _queues) = (device, addresses, options, addresses[0].Queues!.Value);
        Layout = UmemLayout.For(device.Device.Mtu, options.Frames, _queues.Count, isDense: true);
        _holder = new FrameHolder(addresses);
    }

    /// <summary>What the source takes.</summary>
    public FrameTarget[] Targets => _holder.Targets;

    /// <summary>Address and port of each destination.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndpoints => _holder.LocalEndpoints;

    /// <summary>How the memory is cut.</summary>
    public UmemLayout Layout { get; private set; }

    /// <summary>First byte of the memory.</summary>
    public byte* Memory => _memory!.Pointer;

    /// <summary>True when the card writes into the memory itself.</summary>
    public bool IsZeroCopy { get; private set; }

    public bool IsUsed => _open.Count > 0;

    public bool HasQueue(int queue) => _open.Contains(queue);

    /// <summary>True when <paramref name="addresses"/> are another queue of the same <c>--src</c>.</summary>
    public bool Serves(IReadOnlyList<SourceAddress> addresses) => addresses[0].Queues == _queues
        && addresses.Select(address => address.Text).SequenceEqual(_addresses.Select(address => address.Text));

    /// <summary>The interface of a membership, or of a port, that is gone; null while all are there. Without the lock, while a queue
    /// of the caller's is open.</summary>
    public string? FindLostInterface() => _holder.FindLostInterface();

    /// <summary>The socket of a queue that is open.</summary>
    public XdpSocket Socket(int queue) => _sockets[queue];

    /// <summary>Opens a queue: binds its socket, posts its frames, and steers packets to it.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void OpenQueue(int queue, string text)
    {
        if (_sockets.TryGetValue(queue, out XdpSocket? parked))
        {
            TakeBackAll(parked);
            _device.Steer(queue, parked, text);
        }
        else _sockets.Add(queue, OpenFirst(queue, text));
        _open.Add(queue);
    }

    /// <summary>No packets go to the queue's socket any more.</summary>
    public void CloseQueue(int queue)
    {
        if (_open.Remove(queue)) _device.Unsteer(queue);
    }

    public void Dispose()
    {
        foreach (XdpSocket socket in _sockets.Values) socket.Dispose();
        CloseOwner();
        _holder.Dispose();
    }

    // NAPI's own, so that nobody needs a right to ask for more.
    private const int BusyPollBudget = 64;

    private XdpSocket OpenFirst(int queue, string text)
    {
        XdpSocket socket = _owner is null ? OpenOwner(queue, text) : OpenSharing(queue, text);
        try
        {
            if (_options.BusyPollMicroseconds > 0) socket.PreferBusyPoll(_options.BusyPollMicroseconds, BusyPollBudget);
            PostAll(queue, socket);
            _device.Steer(queue, socket, text);
            return socket;
        }
        catch
        {
            if (socket == _owner) CloseOwner();
            else socket.Dispose();
            throw;
        }
    }

    /// <summary>The first socket brings the memory. Which way the driver can is found out by trying, the best first.</summary>
    private XdpSocket OpenOwner(int queue, string text)
    {
        int error = Libc.EOPNOTSUPP;
        if (_options.Mode is XdpMode.Auto or XdpMode.ZeroCopy && _device.IsNative)
        {
            if (TryOwner(queue, text, isZeroCopy: true, out error) is { } zeroCopy) return zeroCopy;
        }
        bool mayCopy = error != Libc.EBUSY && _options.Mode != XdpMode.ZeroCopy;
        if (mayCopy && TryOwner(queue, text, isZeroCopy: false, out error) is { } copy) return copy;
        // Of a driver without zero-copy there is nothing else to say.
        bool needsSegments = _options.Mode != XdpMode.ZeroCopy && Layout.NeedsSegments(_device.Device.Mtu);
        throw XdpRefusal.OfBind(text, _device.Device.Name, queue, needsSegments, error);
    }

    private XdpSocket? TryOwner(int queue, string text, bool isZeroCopy, out int error)
    {
        int mtu = _device.Device.Mtu;
        Layout = UmemLayout.For(mtu, _options.Frames, _queues.Count, isDense: !isZeroCopy);
        NativeBlock memory = Allocate(Layout.Bytes);
        XdpSocket? socket = null;
        try
        {
            memory.Prefault();
            socket = new XdpSocket(text);
            socket.Register(memory.Pointer, Layout);
            socket.MakeRings(Layout.FramesPerQueue);
            int flags = (isZeroCopy ? Libc.XDP_ZEROCOPY : Libc.XDP_COPY) | Libc.XDP_USE_NEED_WAKEUP
                | (Layout.NeedsSegments(mtu) ? Libc.XDP_USE_SG : 0);
            error = socket.Bind(_device.Device.Index, queue, flags, null);
            if (error != 0) return null;
            (_owner, _memory, IsZeroCopy) = (socket, memory, isZeroCopy);
            return socket;
        }
        finally
        {
            if (_owner is null)
            {
                socket?.Dispose();
                memory.Dispose();
            }
        }
    }

    private NativeBlock Allocate(long bytes)
    {
        const string Purpose = "frames of AF_XDP";
        if (_options.Memory is { } wished) return NativeBlock.Allocate(bytes, Purpose, wished);
        try
        {
            return NativeBlock.Allocate(bytes, Purpose, MemoryOptions.Default with { HugePages = true });
        }
        catch (RecvException)
        {
            // Nobody asked for the pool's pages, and it has not enough of them.
            return NativeBlock.Allocate(bytes, Purpose);
        }
    }

    private XdpSocket OpenSharing(int queue, string text)
    {
        XdpSocket socket = new(text);
        try
        {
            socket.MakeRings(Layout.FramesPerQueue);
            int error = socket.Bind(_device.Device.Index, queue, 0, _owner);
            if (error != 0) throw XdpRefusal.OfBind(text, _device.Device.Name, queue, false, error);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void PostAll(int queue, XdpSocket socket)
    {
        for (int frame = 0; frame < Layout.FramesPerQueue; frame++)
            socket.Empty[(uint)frame] = Layout.FrameAddress(queue - _queues.First, frame);
        socket.Empty.Produced = (uint)Layout.FramesPerQueue;
        KickIfAsked(socket);
    }

    /// <summary>What came for the reader before, and was not taken by it, is nobody's; its frames are.</summary>
    private void TakeBackAll(XdpSocket socket)
    {
        socket.ForgetCounts();
        uint end = socket.Received.Produced, at = socket.Empty.Produced;
        for (uint taken = socket.Received.Consumed; taken != end; taken++)
            socket.Empty[at++] = socket.Received[taken].addr & Layout.FrameMask;
        socket.Empty.Produced = at;
        socket.Received.Consumed = end;
        KickIfAsked(socket);
    }

    // A card that found no empty frame does not look again by itself.
    private static void KickIfAsked(XdpSocket socket)
    {
        if (socket.Empty.NeedsWakeup) socket.Kick();
    }

    private void CloseOwner()
    {
        _owner?.Dispose();
        _owner = null;
        _memory?.Dispose();
        _memory = null;
    }
}
