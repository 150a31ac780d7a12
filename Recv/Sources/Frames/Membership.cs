using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Recv.Sources.Frames;

/// <summary>Looks up in the kernel's lists whether this host is a member of a group on an interface.</summary>
/// <remarks><b>Threading:</b> any thread; it asks in the network namespace of the calling one.</remarks>
internal static class Membership
{
    private const string Ipv4List = "/proc/thread-self/net/igmp";
    private const string Ipv6List = "/proc/thread-self/net/igmp6";

    /// <summary>True when the group is listed, or when this kernel keeps no list.</summary>
    public static bool IsListed(IPAddress group, string device)
    {
        bool v4 = group.AddressFamily == AddressFamily.InterNetwork;
        string list = v4 ? Ipv4List : Ipv6List;
        if (!File.Exists(list)) return true;
        string[] lines = File.ReadAllLines(list);
        return v4 ? HasV4(lines, group, device) : HasV6(lines, group, device);
    }

    // "2	eth0      :     1      V3" and below it "				0100A8EF     1 0:00000000		0": the group as a number of this machine.
    internal static bool HasV4(IEnumerable<string> lines, IPAddress group, string device)
    {
        uint number = BitConverter.ToUInt32(group.GetAddressBytes());
        bool here = false;
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (line.Length > 0 && !char.IsWhiteSpace(line[0])) here = words.Length > 1 && words[1] == device;
            else if (here && words.Length > 0 && words[0] == number.ToString("X8")) return true;
        }
        return false;
    }

    // "2    eth0            ff0200000000000000000000000000fb     1 0000000C 0"
    internal static bool HasV6(IEnumerable<string> lines, IPAddress group, string device)
    {
        string number = BinaryPrimitives.ReadUInt128BigEndian(group.GetAddressBytes()).ToString("x32");
        return lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(words => words.Length > 2 && words[1] == device && words[2] == number);
    }
}
