using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recv.Sources.Udp;

/// <summary>Finds out in the kernel's lists whether sockets of other programs receive what one of ours does.</summary>
/// <remarks>
/// <para>Each socket of a group gets a copy, so nothing is lost by it; a person who wonders should know.</para>
/// <para><b>Threading:</b> any thread; it asks in the network namespace of the calling one.</para>
/// </remarks>
internal static class PortSharers
{
    private const string Ipv4List = "/proc/thread-self/net/udp";
    private const string Ipv6List = "/proc/thread-self/net/udp6";
    private const string SocketLink = "socket:[";

    /// <summary>Of some endpoints those that a socket of another program receives, too.</summary>
    public static IReadOnlyList<IPEndPoint> Of(IEnumerable<IPEndPoint> endpoints)
    {
        HashSet<string>? own = null;
        List<IPEndPoint> shared = [];
        foreach (IPEndPoint endpoint in endpoints)
        {
            bool v4 = endpoint.AddressFamily == AddressFamily.InterNetwork;
            foreach ((string address, string inode) in SocketsAt(v4 ? Ipv4List : Ipv6List, endpoint.Port))
            {
                if (address != Hex(endpoint.Address) && address.Any(digit => digit != '0')) continue;
                if ((own ??= OwnSockets()).Contains(inode)) continue;
                shared.Add(endpoint);
                break;
            }
        }
        return shared;
    }

    // " 9: 3247FFEF:1BEC 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 123456 2 0000000000000000 0"
    private static IEnumerable<(string Address, string Inode)> SocketsAt(string list, int port)
    {
        if (!File.Exists(list)) yield break;
        string ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string line in File.ReadLines(list).Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 9 && words[1].EndsWith(ending, StringComparison.Ordinal)) yield return (
                words[1][..^ending.Length], words[9]);
        }
    }

    // 32-bit words of the address, each as a number of this machine.
    private static string Hex(IPAddress address) =>
        string.Concat(address.GetAddressBytes().Chunk(4).Select(word => BitConverter.ToUInt32(word).ToString("X8")));

    private static HashSet<string> OwnSockets()
    {
        HashSet<string> inodes = [];
        foreach (string descriptor in Directory.EnumerateFiles("/proc/self/fd"))
        {
            try
            {
                if (new FileInfo(descriptor).LinkTarget is { } link && link.StartsWith(SocketLink, StringComparison.Ordinal)) inodes.Add(
                    link[SocketLink.Length..^1]);
            }
            catch (IOException)
            {
                // Closed meanwhile.
            }
        }
        return inodes;
    }
}
