using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Uring;

/// <summary>Options of <c>uring</c>.</summary>
[Verb("uring", HelpText = "Receiving by recvmmsg and by io_uring's multishot receive, in one small C program of ours, over 127.0.0.1.")]
internal sealed class UringOptions : BenchOptions
{
    [Option("packet", Default = 8872, MetaValue = "BYTES", HelpText = "Bytes of a datagram; 1472 is the other common size.")]
    public int Packet { get; set; }

    [Option("rate", Default = 5.0, MetaValue = "GB/S", HelpText = "Gigabits a second that are sent.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 1.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("no-gso", HelpText = "The sender hands packets to the kernel one by one: the link then carries single packets.")]
    public bool NoGso { get; set; }

    [Option("ways", Default = "multishot,multishot-coop,multishot-defer,multishot-defer-nap", MetaValue = "WAY,...",
        HelpText = "What is compared with recvmmsg: multishot with any of -coop, -defer, -sqpoll and -nap, as peer/uring.c explains.")]
    public string Ways { get; set; } = "";

    [Option("buffer", Default = 4, MetaValue = "MIB", HelpText = "Socket buffer asked for; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("sender-core", Default = 0, MetaValue = "CORE", HelpText = "Core of the sender.")]
    public int SenderCore { get; set; }

    [Option("receiver-core", Default = 1, MetaValue = "CORE", HelpText = "Core of the receiver, with all that io_uring runs for it.")]
    public int ReceiverCore { get; set; }

    [Option("port", Default = 17160, MetaValue = "PORT",
        HelpText = "First UDP port on 127.0.0.1; each run has its own, since a ring lets go of its socket some time after its process has ended.")]
    public int Port { get; set; }

    /// <summary>A run.</summary>
    public Link Link => new Link
    {
        Rate = Rate,
        Packet = Packet,
        Heap = 4 << 20,
        Heaps = 0,
        Segmentation = !NoGso,
        BufferMiB = Buffer,
        Port = Port,
        SenderCore = SenderCore,
        ReceiverCore = ReceiverCore,
    }.Lasting(Seconds, Rate);
}
