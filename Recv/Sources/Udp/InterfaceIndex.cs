using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Finds the interface that a source names.</summary>
/// <remarks><b>Threading:</b> asks the kernel each time; any thread.</remarks>
internal static unsafe class InterfaceIndex
{
    /// <summary>The index of an interface by its name or one of its addresses; 0 when none is named.</summary>
    /// <exception cref="RecvException">There is none (exit code 3).</exception>
    public static uint Find(string? nameOrAddress, string text) => FindNamed(nameOrAddress, text).Index;

    /// <summary>The same, with its name.</summary>
    /// <exception cref="RecvException">There is none (exit code 3).</exception>
    public static (uint Index, string? Name) FindNamed(string? nameOrAddress, string text)
    {
        if (nameOrAddress is null) return default;
        string name = IPAddress.TryParse(nameOrAddress, out IPAddress? address) ? NameOf(address, text) : nameOrAddress;
        uint index;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0')) index = Libc.if_nametoindex(bytes);
        return index != 0 ? (index, name) : throw RecvException.HostRefused(
            $"source '{text}': this host has no interface {name}; it has {AllNames()}");
    }

    private static string NameOf(IPAddress address, string text)
    {
        NetworkInterface[] all = NetworkInterface.GetAllNetworkInterfaces();
        NetworkInterface? owner = Array.Find(all, nic => AddressesOf(nic).Any(own => own.Equals(address)));
        return owner?.Name ?? throw RecvException.HostRefused(
            $"source '{text}': no interface of this host has the address {address}; there are {AllAddresses()}");
    }

    /// <summary>All addresses of this host, for messages.</summary>
    public static string AllAddresses() =>
        string.Join(", ", NetworkInterface.GetAllNetworkInterfaces().SelectMany(AddressesOf));

    private static string AllNames() =>
        string.Join(", ", NetworkInterface.GetAllNetworkInterfaces().Select(nic => nic.Name));

    private static IEnumerable<IPAddress> AddressesOf(NetworkInterface nic) =>
        nic.GetIPProperties().UnicastAddresses.Select(unicast => new IPAddress(unicast.Address.GetAddressBytes()));
}
