using System.Runtime.InteropServices;
using System.Text;
using Recv.Native;

namespace Recv.Sources.Frames;

/// <summary>Facts about a network interface, asked in the network namespace of the calling thread.</summary>
/// <param name="Name">As the user wrote it.</param>
/// <param name="Index">The kernel's number.</param>
/// <param name="Mtu">Largest IP datagram in bytes.</param>
/// <param name="IsUp">Administratively up.</param>
/// <param name="HasLink">What it is plugged into is up, too.</param>
/// <param name="Queues">Receive queues; 0 where the driver does not say.</param>
/// <param name="Driver">Name of the driver; empty where it does not say.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed unsafe record Device(string Name, int Index, int Mtu, bool IsUp, bool HasLink, int Queues, string Driver)
{
    private const int NameBytes = 16;

    /// <summary>Looks an interface up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The source as the user wrote it, for the message.</param>
    /// <exception cref="RecvException">There is none (exit code 3).</exception>
    public static Device Find(string name, string text)
    {
        int index = (int)Udp.InterfaceIndex.Find(name, text);
        int socket = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0) throw RecvException.HostRefused($"source '{text}': socket failed: {Libc.Describe(Marshal.GetLastPInvokeError())}");
        try
        {
            uint flags = Ask(socket, name, Libc.SIOCGIFFLAGS);
            return new Device(name, index, (int)Ask(socket, name, Libc.SIOCGIFMTU),
                (flags & Libc.IFF_UP) != 0, (flags & Libc.IFF_RUNNING) != 0, QueuesOf(socket, name), DriverOf(socket, name));
        }
        finally
        {
            _ = Libc.close(socket);
        }
    }

    /// <summary>What there is to say of an interface over which nothing can come now; null when it is up.</summary>
    public string? Silence => !IsUp ? $"interface {Name} is down; nothing comes until: ip link set {Name} up"
        : HasLink ? null
        : $"interface {Name} has no link: the cable, or the other end, is down; nothing comes until that is up";

    private static uint Ask(int socket, string name, nuint request)
    {
        Libc.if_request question = Question(name);
        return Libc.ioctl(socket, request, &question) == 0 ? (uint)question.ifr_value : 0;
    }

    private static int QueuesOf(int socket, string name)
    {
        Libc.ethtool_channels answer = new() { cmd = Libc.ETHTOOL_GCHANNELS };
        Libc.if_request question = Question(name);
        question.ifr_value = (ulong)&answer;
        return Libc.ioctl(socket, Libc.SIOCETHTOOL, &question) == 0 ? (int)(answer.rx_count + answer.combined_count) : 0;
    }

    private static string DriverOf(int socket, string name)
    {
        Libc.ethtool_drvinfo answer = new() { cmd = Libc.ETHTOOL_GDRVINFO };
        Libc.if_request question = Question(name);
        question.ifr_value = (ulong)&answer;
        return Libc.ioctl(socket, Libc.SIOCETHTOOL, &question) == 0
            ? Encoding.ASCII.GetString(new ReadOnlySpan<byte>(answer.driver, 32)).TrimEnd('\0')
            : "";
    }

    private static Libc.if_request Question(string name)
    {
        Libc.if_request question = default;
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        bytes.AsSpan(0, Math.Min(bytes.Length, NameBytes - 1)).CopyTo(new Span<byte>(question.ifr_name, NameBytes));
        return question;
    }
}
