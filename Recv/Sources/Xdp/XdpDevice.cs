using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Sources.Xdp;

/// <summary>The program at one interface with its maps, which all streams of the process share: an interface takes only one.</summary>
/// <remarks>
/// <para><b>Threading:</b> all under one lock, when sources open and close; nothing here is touched while packets come.</para>
/// <para><b>Owns:</b> the descriptors of program, maps and link. The kernel closes them with the process, also after SIGKILL, and the
/// program is gone from the interface.</para>
/// </remarks>
internal sealed class XdpDevice : IDisposable
{
    private const int MaxDestinations = 16384;
    private const int MaxQueues = 1024;

    private static readonly Lock Opening = new();
    private static readonly Dictionary<(string Network, int Interface), XdpDevice> Open = [];

    private readonly (string, int) _key;
    private readonly SafeFileHandle _destinations;
    private readonly SafeFileHandle _sockets;
    private readonly SafeFileHandle _counters;
    private readonly SafeFileHandle _link;
    private readonly Dictionary<FrameTarget, int> _targets = [];
    private readonly List<XdpShare> _shares = [];
    private long _otherQueuesTold;
    private bool _queueLeft;
    private int _users;

    private XdpDevice((string, int) key, Device device, XdpMode mode, string text)
    {
        _key = key;
        Device = device;
        _destinations = Bpf.CreateMap(text, Libc.BPF_MAP_TYPE_HASH, SteeringProgram.KeyBytes, sizeof(int), MaxDestinations);
        _sockets = Bpf.CreateMap(text, Libc.BPF_MAP_TYPE_XSKMAP, sizeof(int), sizeof(int), MaxQueues);
        _counters = Bpf.CreateMap(text, Libc.BPF_MAP_TYPE_ARRAY, sizeof(int), sizeof(long), 1);
        _link = Attach(text, mode);
    }

    public Device Device { get; }

    /// <summary>True when the program runs in the driver; false behind it.</summary>
    public bool IsNative { get; private set; }

    /// <summary>One more user of the interface; it is returned by <see cref="Dispose"/>.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public static XdpDevice Acquire(Device device, XdpMode mode, string text)
    {
        lock (Opening)
        {
            // Interfaces of different network namespaces may have the same number.
            (string, int) key = (new FileInfo("/proc/thread-self/ns/net").LinkTarget ?? "", device.Index);
            if (!Open.TryGetValue(key, out XdpDevice? open)) Open.Add(key, open = new XdpDevice(key, device, mode, text));
            open._users++;
            return open;
        }
    }

    /// <summary>Makes or finds what the queues of one <c>--src</c> share, and takes one of its queues.</summary>
    /// <exception cref="RecvException">The host refused, or the queue is taken (exit code 3).</exception>
    public XdpShare Join(IReadOnlyList<SourceAddress> addresses, XdpSourceOptions options)
    {
        lock (Opening)
        {
            int queue = addresses[0].Queue!.Value;
            if (_shares.Any(share => share.HasQueue(queue)))
                throw XdpRefusal.OfBind(addresses[0].Text, Device.Name, queue, false, Libc.EBUSY);
            XdpShare? share = _shares.Find(share => share.Serves(addresses));
            if (share is null)
            {
                share = new XdpShare(this, addresses, options);
                _shares.Add(share);
            }
            try
            {
                if (!share.IsUsed) foreach (FrameTarget target in share.Targets) Add(target, addresses[0].Text);
                share.OpenQueue(queue, addresses[0].Text);
            }
            catch
            {
                RemoveUnused(share);
                throw;
            }
            return share;
        }
    }

    /// <summary>Gives a queue back.</summary>
    public void Leave(XdpShare share, int queue)
    {
        lock (Opening)
        {
            _queueLeft = true;
            share.CloseQueue(queue);
            RemoveUnused(share);
        }
    }

    /// <summary>From now on the packets of a queue go to a socket.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public void Steer(int queue, XdpSocket socket, string text)
    {
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(key, queue);
        MemoryMarshal.Write(value, socket.Descriptor);
        int error = Bpf.Entry(Libc.BPF_MAP_UPDATE_ELEM, _sockets, key, value);
        if (error != 0) throw XdpRefusal.Of(text, $"steering queue {queue} to its socket", error);
        lock (Opening)
        {
            _otherQueuesTold = OtherQueues();
            _queueLeft = false;
        }
    }

    /// <summary>From now on datagrams of ours on a queue are counted, and go to the kernel.</summary>
    public void Unsteer(int queue)
    {
        Span<byte> key = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(key, queue);
        _ = Bpf.Entry(Libc.BPF_MAP_DELETE_ELEM, _sockets, key, []);
    }

    /// <summary>Datagrams for us that came on queues that nobody reads, since it was last asked: each is told to one source only.</summary>
    /// <remarks>While queues come and go, as at the start and the end of a run, what comes on those that are not ours yet or any more is
    /// nobody's loss.</remarks>
    public long TakeOtherQueues()
    {
        lock (Opening)
        {
            long count = OtherQueues();
            long more = _queueLeft ? 0 : Math.Max(0, count - _otherQueuesTold);
            _otherQueuesTold = count;
            return more;
        }
    }

    private long OtherQueues()
    {
        lock (Opening)
        {
            if (_counters.IsClosed) return 0;
            Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(long)];
            key.Clear();
            return Bpf.Entry(Libc.BPF_MAP_LOOKUP_ELEM, _counters, key, value) == 0 ? MemoryMarshal.Read<long>(value) : 0;
        }
    }

    /// <summary>One user less; the last one takes the program away.</summary>
    public void Dispose()
    {
        lock (Opening)
        {
            if (--_users > 0) return;
            Open.Remove(_key);
            _link.Dispose();
            _sockets.Dispose();
            _destinations.Dispose();
            _counters.Dispose();
        }
    }

    private SafeFileHandle Attach(string text, XdpMode mode)
    {
        Libc.bpf_insn[] code = SteeringProgram.Build(
            (int)_destinations.DangerousGetHandle(), (int)_sockets.DangerousGetHandle(), (int)_counters.DangerousGetHandle());
        // Before Linux 5.18 a program cannot say that it understands packets in several pieces.
        using SafeFileHandle program = Bpf.LoadProgram(code, hasFrags: true, out int error, out string log)
            ?? Bpf.LoadProgram(code, hasFrags: false, out error, out log)
            ?? throw XdpRefusal.OfProgram(text, error, log);
        SafeFileHandle? link = null;
        if (mode != XdpMode.Generic) link = Bpf.Attach(program, Device.Index, Libc.XDP_FLAGS_DRV_MODE, out error);
        IsNative = link is not null;
        bool mayBeGeneric = mode == XdpMode.Generic || (mode == XdpMode.Auto && error is Libc.EOPNOTSUPP or Libc.ERANGE or Libc.EINVAL);
        if (link is null && mayBeGeneric) link = Bpf.Attach(program, Device.Index, Libc.XDP_FLAGS_SKB_MODE, out error);
        return link ?? throw XdpRefusal.OfAttach(text, Device.Name, Device.Mtu, error);
    }

    private void RemoveUnused(XdpShare share)
    {
        if (share.IsUsed) return;
        _shares.Remove(share);
        foreach (FrameTarget target in share.Targets) Remove(target);
        share.Dispose();
    }

    private void Add(in FrameTarget target, string text)
    {
        FrameTarget anySender = target with { Sender = null };
        int users = _targets.GetValueOrDefault(anySender);
        _targets[anySender] = users + 1;
        if (users > 0) return;
        int error = ForEachKey(anySender, Libc.BPF_MAP_UPDATE_ELEM);
        if (error != 0) throw XdpRefusal.Of(text, "the map of destinations", error);
    }

    private void Remove(in FrameTarget target)
    {
        FrameTarget anySender = target with { Sender = null };
        int users = _targets.GetValueOrDefault(anySender);
        if (users > 1) _targets[anySender] = users - 1;
        else if (_targets.Remove(anySender)) _ = ForEachKey(anySender, Libc.BPF_MAP_DELETE_ELEM);
    }

    private int ForEachKey(in FrameTarget target, int command)
    {
        Span<byte> key = stackalloc byte[SteeringProgram.KeyBytes], value = stackalloc byte[sizeof(int)];
        value.Clear();
        for (uint i = 0; i <= target.More; i++)
        {
            key.Clear();
            UInt128 mapped = target.IsV4 ? target.First + i | (UInt128)0xffff << 32 : target.First + i;
            BinaryPrimitives.WriteUInt128BigEndian(key, mapped);
            BinaryPrimitives.WriteUInt16BigEndian(key[16..], target.Port);
            int error = Bpf.Entry(command, _destinations, key, value);
            if (error != 0) return error;
        }
        return 0;
    }
}
