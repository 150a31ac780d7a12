using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Bypass;

/// <summary>Options of <c>bypass</c>.</summary>
[Verb("bypass", HelpText =
    "Sockets, a packet ring and AF_XDP in turn over a virtual cable (needs root): CPU seconds of the receiver per GB, rate, and loss.")]
internal sealed class BypassOptions : BenchOptions
{
    private const int Port = 17148;

    // A sender without segmentation offload gives some 150,000 packets a second: only the length of unpaced runs depends on it.
    private const double UnpacedGbpsPerByte = 150_000 * 8e-9;

    [Option("rate", Default = 2.5, MetaValue = "GBPS", HelpText = "Gigabits a second that are sent; 0: as fast as it goes.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 2.0, MetaValue = "S", HelpText = "How long a run sends, about, if as fast as it goes.")]
    public double Seconds { get; set; }

    [Option("packet", Default = 1472, MetaValue = "BYTES",
        HelpText = "Bytes of a datagram; 8872 is the other common size. The MTU follows.")]
    public int Packet { get; set; }

    [Option("heap", Default = 4 << 20, MetaValue = "BYTES", HelpText = "Bytes of a heap.")]
    public int Heap { get; set; }

    [Option("buffer", Default = 4, MetaValue = "MIB", HelpText = "Socket buffer asked for on both sides; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("ways", Default = "udp,packet,xdp", MetaValue = "WAY,...",
        HelpText = "Which of ours are measured; a way may have a query: xdp?frames=4096.")]
    public string Ways { get; set; } = "";

    [Option("sender-core", Default = 0, MetaValue = "CORE", HelpText = "Core of the sender.")]
    public int SenderCore { get; set; }

    [Option("receiver-core", Default = 1, MetaValue = "CORE", HelpText = "Core of the receiver, all its threads.")]
    public int ReceiverCore { get; set; }

    /// <summary>A run over a cable.</summary>
    public Link LinkOver(VirtualCable cable) => new Link
    {
        Rate = Rate,
        Packet = Packet,
        Heap = Heap,
        Heaps = 0,
        // A driver that runs a program takes packets one by one anyway, and cards deliver them so.
        Segmentation = false,
        BufferMiB = Buffer,
        Host = VirtualCable.Address,
        Port = Port,
        SenderNetwork = cable.Sender,
        ReceiverNetwork = cable.Receiver,
        SenderCore = SenderCore,
        ReceiverCore = ReceiverCore,
    }.Lasting(Seconds, Rate > 0 ? Rate : UnpacedGbpsPerByte * Packet);
}
