using System.Net;
using System.Net.Sockets;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Links;

/// <summary>Two networks with a cable between them: a receiver's end and a sender's end.</summary>
/// <remarks><b>Threading:</b> any thread. <b>Owns:</b> both networks.</remarks>
internal sealed class VethPair : IDisposable
{
    public const string ReceiverDevice = "recv0";
    public const string SenderDevice = "send0";

    /// <summary>Of the receiver: the address to which the golden vectors are sent.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("10.20.30.40");

    public static readonly IPAddress SenderAddress = IPAddress.Parse("10.20.30.1");

    public static readonly IPAddress Address6 = IPAddress.Parse("fd71:48::40");

    /// <summary>Puts up both ends.</summary>
    /// <param name="mtu">Of both ends.</param>
    /// <param name="queues">Receive queues of the receiver's end.</param>
    public VethPair(int mtu = 9000, int queues = 1)
    {
        Receiver = new NetworkNamespace();
        Sender = new NetworkNamespace();
        Plug(ReceiverDevice, SenderDevice, mtu, queues);
        Setup(Receiver, ReceiverDevice, "10.20.30.40/24", "fd71:48::40/64");
        Setup(Sender, SenderDevice, "10.20.30.1/24", "fd71:48::1/64");
        Receiver.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0"));
        AwaitPlugged(ReceiverDevice);
    }

    public NetworkNamespace Receiver { get; }

    public NetworkNamespace Sender { get; }

    /// <summary>Another cable between the same networks, without addresses.</summary>
    public void AddCable(string receiverDevice, string senderDevice)
    {
        Plug(receiverDevice, senderDevice, mtu: 9000, queues: 1);
        Receiver.Ip($"link set {receiverDevice} up");
        Sender.Ip($"link set {senderDevice} up");
        AwaitPlugged(receiverDevice);
    }

    /// <summary>A socket at the sender's end, for <paramref name="destination"/>.</summary>
    public Socket NewSender(IPEndPoint destination) => Sender.Run(() =>
    {
        Socket socket = new(destination.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(destination);
        return socket;
    });

    /// <summary>An ordinary socket at the receiver's end.</summary>
    public Socket NewReceiver(int port) => Receiver.Run(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Address, port));
        return socket;
    });

    public void Dispose()
    {
        Receiver.Dispose();
        Sender.Dispose();
    }

    private void Plug(string receiverDevice, string senderDevice, int mtu, int queues)
    {
        string many = $"numtxqueues {queues} numrxqueues {queues} mtu {mtu}";
        // The addresses of the frames in the golden vectors.
        Receiver.Ip($"link add {receiverDevice} address 02:00:00:00:00:28 {many} type veth peer name {senderDevice} "
            + $"address 02:00:00:00:00:01 {many} netns {Sender.Path}");
    }

    private void AwaitPlugged(string receiverDevice) =>
        Eventually.Holds(() => Receiver.Ip($"-o link show {receiverDevice}").Contains("LOWER_UP"), "the cable is plugged in");

    private static void Setup(NetworkNamespace network, string device, string v4, string v6)
    {
        network.Ip($"address add {v4} dev {device}");
        network.Ip($"address add {v6} dev {device} nodad");
        network.Ip($"link set {device} up");
        network.Ip($"route add 224.0.0.0/4 dev {device}");
    }
}
