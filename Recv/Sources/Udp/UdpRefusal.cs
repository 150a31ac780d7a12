using System.Net;
using System.Net.Sockets;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Turns what the kernel refused into the line that says what to do.</summary>
/// <remarks><b>Threading:</b> pure, but asks the host for its addresses.</remarks>
internal static class UdpRefusal
{
    public static RecvException OfSocket(UdpEndpoint endpoint, int error) => error switch
    {
        Libc.EMFILE => Refused(endpoint,
            "too many open files, one socket for each group; raise the limit (ulimit -n) or receive fewer groups"),
        Libc.EAFNOSUPPORT => Refused(endpoint,
            "this host has no IPv6; use IPv4 or switch it on (sysctl net.ipv6.conf.all.disable_ipv6=0)"),
        _ => Other(endpoint, "socket", error),
    };

    public static RecvException OfBind(UdpEndpoint endpoint, int error)
    {
        IPEndPoint address = endpoint.Address;
        return error switch
        {
            Libc.EADDRNOTAVAIL => Refused(endpoint,
                $"{address.Address} is not an address of this host; it has {InterfaceIndex.AllAddresses()}"
                + (endpoint.OnlyHolds ? "; to take frames for another host, as behind a mirror port, add promiscuous=1 behind the ?" : "")),
            Libc.EADDRINUSE => Refused(endpoint,
                $"another socket has port {address.Port} of {address.Address}; see whose it is: ss -ulnp 'sport = "
                + $":{address.Port}'"),
            Libc.EACCES or Libc.EPERM => Refused(endpoint,
                $"port {address.Port} needs CAP_NET_BIND_SERVICE; take a port from 1024 on, or sysctl -w "
                + $"net.ipv4.ip_unprivileged_port_start={address.Port}"),
            Libc.EINVAL when address.Address.IsIPv6LinkLocal || address.Address.IsIPv6Multicast =>
                Refused(endpoint, $"{address.Address} is an address of one link; name the interface: ?if=eth0"),
            _ => Other(endpoint, "bind", error),
        };
    }

    public static RecvException OfJoin(UdpEndpoint endpoint, int error)
    {
        IPAddress group = endpoint.Address.Address;
        return error switch
        {
            Libc.ENODEV or Libc.EADDRNOTAVAIL when endpoint.Interface is null =>
                Refused(endpoint, $"no route says on which interface to join {group}; name it: ?if=eth0"),
            Libc.ENODEV or Libc.EADDRNOTAVAIL =>
                Refused(endpoint,
                    $"interface {endpoint.Interface} cannot join {group}: it has no {Version(group)} (see: ip "
                    + "address show)"),
            Libc.ENOBUFS => Refused(endpoint,
                $"the kernel has no room for joining {group}; raise net.core.optmem_max and {Limit(group)}"),
            _ => Other(endpoint, $"joining {group}", error),
        };
    }

    public static RecvException OfInterface(UdpEndpoint endpoint, int error) => error is Libc.EPERM or Libc.EACCES
        ? Refused(endpoint,
            $"binding to interface {endpoint.Interface} needs CAP_NET_RAW on this kernel; leave out ?if= or give "
            + $"it: {Capabilities.Grant(Capabilities.NetRaw)}")
        : Other(endpoint, $"binding to interface {endpoint.Interface}", error);

    public static RecvException OfWildcard(UdpEndpoint endpoint, string option) => Refused(endpoint,
        $"this kernel has no {option}, so a socket of every address would take multicast that other programs joined; "
        + $"name an address of this host: {InterfaceIndex.AllAddresses()}");

    public static RecvException OfBusyPoll(UdpEndpoint endpoint, int error) => error switch
    {
        Libc.EPERM => RecvException.SettingRefused(
            $"{Setting.Wait} busy-poll needs CAP_NET_ADMIN for source '{endpoint.Text}'; give it ({Grant}) or use nap"),
        Libc.ENOPROTOOPT => RecvException.SettingRefused(
            $"{Setting.Wait} busy-poll needs SO_PREFER_BUSY_POLL for source '{endpoint.Text}' ({BusyPolling}); use nap"),
        _ => Other(endpoint, "SO_BUSY_POLL", error),
    };

    private const string BusyPolling = "Linux 5.11, CONFIG_NET_RX_BUSY_POLL";

    private static string Grant => Capabilities.Grant(Capabilities.NetAdmin);

    public static RecvException Other(UdpEndpoint endpoint, string what, int error) =>
        Refused(endpoint, $"{what} failed: {Libc.Describe(error)} (errno {error})");

    private static RecvException Refused(UdpEndpoint endpoint, string what) =>
        RecvException.HostRefused($"source '{endpoint.Text}': {what}");

    private static string Version(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? "IPv4 address" : "IPv6";

    private static string Limit(IPAddress group) =>
        group.AddressFamily == AddressFamily.InterNetwork ? "net.ipv4.igmp_max_memberships" : "net.ipv6.mld_max_msf";
}
