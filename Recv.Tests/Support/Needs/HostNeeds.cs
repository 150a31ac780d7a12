using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Recv.Native;
using Recv.Sinks.Gpu;
using Recv.Sources;
using Recv.Sources.Xdp;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Needs;

/// <summary>Looks once whether the machine has what a test needs.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static class HostNeeds
{
    private static readonly ConcurrentDictionary<HostNeed, string> Found = new();

    private static readonly Lazy<NetworkInterface?> LazyIpv6Interface = new(FindIpv6Interface);

    /// <summary>An interface over which IPv6 multicast reaches its own host, loopback if it can; null when there is
    /// none.</summary>
    public static NetworkInterface? Ipv6Interface => LazyIpv6Interface.Value;

    /// <summary>Why <paramref name="need"/> is not met; null when it is.</summary>
    public static string? Missing(HostNeed need)
    {
        string reason = Found.GetOrAdd(need, Look);
        return reason.Length == 0 ? null : reason;
    }

    private static string Look(HostNeed need) => need switch
    {
        HostNeed.Ipv6Loopback => Try("no IPv6 on loopback", () => BindTo(IPAddress.IPv6Loopback)),
        HostNeed.LoopbackMulticast =>
            Try("no multicast on loopback", () => HearMyself(IPAddress.Parse("239.255.254.253"), NetworkInterface.LoopbackInterfaceIndex)),
        HostNeed.Ipv6Multicast => Ipv6Interface is null ? "no interface that sends IPv6 multicast back to its own host" : "",
        HostNeed.UdpSegmentation =>
            Try("no UDP segmentation offload (UDP_SEGMENT)", () => SetInt(LoopbackSender.SolUdp, LoopbackSender.UdpSegment, 1000)),
        HostNeed.PrivilegedPorts => Try("port 7 is free for all (net.ipv4.ip_unprivileged_port_start)", LookForPrivilegedPorts),
        HostNeed.NetworkNamespaces => Try("no right to make network namespaces", () => HostThreads.InEmptyNetwork(() => { })),
        HostNeed.OpenCl => NoDevice(GpuKind.OpenCl),
        HostNeed.Cuda => NoDevice(GpuKind.Cuda),
        HostNeed.FakeCuda => FakeCuda.Missing() ?? "",
        HostNeed.BusyPolling =>
            Try("no right or kernel for SO_PREFER_BUSY_POLL", () => SetInt(LoopbackSender.SolSocket, LoopbackSender.PreferBusyPoll, 1)),
        HostNeed.Numpy => Try("no Python with NumPy", () => Python.Run("import numpy")),
        HostNeed.VirtualLinks => ToolFactAttribute.Find("ip") is null
            ? "ip (iproute2) is not installed"
            : Try("no right to make virtual links between network namespaces", () => new Links.VethPair().Dispose()),
        HostNeed.Xdp => Missing(HostNeed.VirtualLinks) ?? Try("no AF_XDP", OpenXdp),
        HostNeed.Capabilities =>
            Try("not root", () => HostThreads.With([Capabilities.NetAdmin, Capabilities.NetRaw, Capabilities.Bpf], () => { })),
        HostNeed.LockedMemory => Try("no right to lock a megabyte of memory", HostLimits.LockMemory),
        HostNeed.MemoryLockLimit => HostLimits.LockedBytes is null ? "no limit of locked memory (ulimit -l)" : "",
        HostNeed.RealTimePriority => Try("no right to run in real time", HostLimits.RunInRealTime),
        HostNeed.RealTimeRefusal => HostLimits.Priority is null or >= 50 ? "everybody may run in real time (ulimit -r)" : "",
        HostNeed.Avx2 => Avx2.IsSupported ? "" : "a processor without AVX2",
        HostNeed.FewerRights => Missing(HostNeed.Xdp) ?? (HostLimits.LockedBytes < 8 << 20
            ? "a limit of locked memory below 8 MiB (ulimit -l)"
            : Try("no setpriv and prlimit (util-linux) that know CAP_BPF",
                () => Links.NetworkNamespace.Tool("prlimit", "--memlock=65536 setpriv --bounding-set -all,+bpf true"))),
        HostNeed.Compiler => ToolFactAttribute.Find("cc") is null ? "no C compiler (cc)" : "",
        HostNeed.Seccomp => Try("no filters of system calls (seccomp)", () => HostThreads.WithoutOptions([], () => { })),
        HostNeed.Ibverbs => Missing(HostNeed.Compiler)
            ?? (File.Exists("/usr/include/infiniband/verbs.h") ? "" : "no header infiniband/verbs.h (libibverbs-dev)"),
        _ => throw new ArgumentOutOfRangeException(nameof(need)),
    };

    private static string NoDevice(GpuKind kind)
    {
        if (kind == GpuKind.Cuda && !NativeLibrary.TryLoad("libcuda.so.1", out _)) return "no CUDA driver (libcuda.so.1)";
        GpuSurvey found = GpuDevices.Survey(kind);
        return found.Devices.Count > 0 ? found.Devices[0].Lacks ?? ""
            : $"no {kind.Word()} device: {found.Problem ?? "the driver shows none"}";
    }

    private static string Try(string missing, Action look)
    {
        try
        {
            look();
            return "";
        }
        catch (Exception failure) when (
            failure is SocketException or IOException or InvalidOperationException or RecvException or System.ComponentModel.Win32Exception)
        {
            return $"{missing}: {failure.Message}";
        }
    }

    private static void BindTo(IPAddress address)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
    }

    private static NetworkInterface? FindIpv6Interface() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(nic => nic.OperationalStatus != OperationalStatus.Down && nic.Supports(NetworkInterfaceComponent.IPv6))
        .OrderBy(nic => nic.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .FirstOrDefault(nic => Try("", () => HearMyself(IPAddress.Parse("ff15::7148:1"), nic.GetIPProperties().GetIPv6Properties().Index))
        .Length == 0);

    private static void HearMyself(IPAddress group, int interfaceIndex)
    {
        using Socket receiver = new(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
        receiver.Bind(new IPEndPoint(group, 0));
        LoopbackSender.Join(receiver, group, interfaceIndex);
        using LoopbackSender sender = new(new IPEndPoint(group, ((IPEndPoint)receiver.LocalEndPoint!).Port), interfaceIndex);
        sender.Send([1]);
        receiver.Receive(new byte[1]);
    }

    private static void SetInt(int level, int option, int value)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        socket.SetRawSocketOption(level, option, bytes);
    }

    private static void OpenXdp()
    {
        using Links.VethPair link = new();
        using XdpSource source = new([SourceAddress.Parse($"xdp:{Links.VethPair.ReceiverDevice}/0:10.20.30.40:7148")]);
        link.Receiver.Run(source.Open);
    }

    private static void LookForPrivilegedPorts()
    {
        if (int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start")) <= 7)
            throw new InvalidOperationException("it is 7 or less");
    }
}
