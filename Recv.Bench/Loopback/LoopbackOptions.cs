using CommandLine;
using Recv.Sources.Udp;

namespace Recv.Bench.Loopback;

/// <summary>Options of <c>loopback</c>.</summary>
[Verb("loopback", HelpText =
    "A sender and a receiver, each a process on a core of its own, over 127.0.0.1: CPU seconds of the receiver per GB.")]
internal sealed class LoopbackOptions : BenchOptions
{
    [Option("rate", Default = 10.0, MetaValue = "GB/S", HelpText = "Gigabits a second that are sent.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 4.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("packet", Default = 8872, MetaValue = "BYTES",
        HelpText = "Bytes of a datagram; 1472 is the other common size.")]
    public int Packet { get; set; }

    [Option("heap", Default = 4 << 20, MetaValue = "BYTES", HelpText = "Bytes of a heap.")]
    public int Heap { get; set; }

    [Option("no-gso",
        HelpText = "The sender hands packets to the kernel one by one: the link then carries single packets.")]
    public bool NoGso { get; set; }

    [Option("buffer", Default = 4, MetaValue = "MIB",
        HelpText = "Socket buffer asked for on both sides; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("wait", Default = WaitPolicy.Nap, HelpText = "What our receiver does while its socket is empty: Nap, Block, BusyPoll or Spin.")]
    public WaitPolicy Wait { get; set; }

    [Option("sender-core", Default = 0, MetaValue = "CORE", HelpText = "Core of the sender.")]
    public int SenderCore { get; set; }

    [Option("receiver-core", Default = 1, MetaValue = "CORE", HelpText = "Core of the receiver, all its threads.")]
    public int ReceiverCore { get; set; }

    [Option("port", Default = 17148, MetaValue = "PORT", HelpText = "UDP port on 127.0.0.1.")]
    public int Port { get; set; }

    /// <summary>Heaps to send in a run.</summary>
    public int Heaps => (int)Math.Max(2, Rate * 1e9 / 8 * Seconds / Heap);
}
