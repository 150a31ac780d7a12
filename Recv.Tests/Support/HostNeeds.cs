using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Recv.Sinks.Gpu;

namespace Recv.Tests.Support;

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
        HostNeed.LoopbackMulticast => Try("no multicast on loopback", () => HearMyself(IPAddress.Parse("239.255.254.253"), NetworkInterface.LoopbackInterfaceIndex)),
        HostNeed.Ipv6Multicast => Ipv6Interface is null ? "no interface that sends IPv6 multicast back to its own host" : "",
        HostNeed.UdpSegmentation => Try("no UDP segmentation offload (UDP_SEGMENT)", Segment),
        HostNeed.PrivilegedPorts => Try("port 7 is free for all (net.ipv4.ip_unprivileged_port_start)", LookForPrivilegedPorts),
        HostNeed.NetworkNamespaces => Try("no right to make network namespaces", () => HostThreads.InEmptyNetwork(() => { })),
        HostNeed.OpenCl => NoDevice(GpuKind.OpenCl),
        HostNeed.Cuda => NoDevice(GpuKind.Cuda),
        HostNeed.FakeCuda => FakeCuda.Missing() ?? "",
        _ => throw new ArgumentOutOfRangeException(nameof(need)),
    };

    private static string NoDevice(GpuKind kind)
    {
        GpuSurvey found = GpuDevices.Survey(kind);
        return found.Devices.Count > 0 ? "" : $"no {kind.Word()} device: {found.Problem ?? "the driver shows none"}";
    }

    private static string Try(string missing, Action look)
    {
        try
        {
            look();
            return "";
        }
        catch (Exception failure) when (failure is SocketException or IOException or InvalidOperationException)
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
        .FirstOrDefault(nic => Try("", () => HearMyself(IPAddress.Parse("ff15::7148:1"), nic.GetIPProperties().GetIPv6Properties().Index)).Length == 0);

    private static void HearMyself(IPAddress group, int interfaceIndex)
    {
        using Socket receiver = new(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
        receiver.Bind(new IPEndPoint(group, 0));
        LoopbackSender.Join(receiver, group, interfaceIndex);
        using LoopbackSender sender = new(new IPEndPoint(group, ((IPEndPoint)receiver.LocalEndPoint!).Port), interfaceIndex);
        sender.Send([1]);
        receiver.Receive(new byte[1]);
    }

    private static void Segment()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, 1000);
        socket.SetRawSocketOption(LoopbackSender.SolUdp, LoopbackSender.UdpSegment, size);
    }

    private static void LookForPrivilegedPorts()
    {
        if (int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start")) <= 7)
            throw new InvalidOperationException("it is 7 or less");
    }
}
