using System.Globalization;
using CommandLine;
using Recv.Bench.Report;
using Recv.Sources;

namespace Recv.Bench.Loopback;

/// <summary>Options of all measurements with a sender and a receiver over 127.0.0.1.</summary>
internal abstract class LinkOptions : BenchOptions
{
    [Option("packet", Default = 8872, MetaValue = "BYTES",
        HelpText = "Bytes of a datagram; 1472 is the other common size.")]
    public int Packet { get; set; }

    [Option("heap", Default = 4 << 20, MetaValue = "BYTES", HelpText = "Bytes of a heap.")]
    public int Heap { get; set; }

    [Option("no-gso",
        HelpText = "The sender hands packets to the kernel one by one: the link then carries single packets.")]
    public bool NoGso { get; set; }

    [Option("wait", Default = WaitPolicy.Nap, MetaValue = "POLICY",
        HelpText = "What Recv does while its socket is empty: Nap, Block, BusyPoll or Spin.")]
    public WaitPolicy Wait { get; set; }

    [Option("sender-core", Default = 0, MetaValue = "CORE", HelpText = "Core of the sender.")]
    public int SenderCore { get; set; }

    [Option("receiver-core", Default = 1, MetaValue = "CORE", HelpText = "Core of the receiver.")]
    public int ReceiverCore { get; set; }

    [Option("port", Default = 17148, MetaValue = "PORT", HelpText = "UDP port on 127.0.0.1.")]
    public int Port { get; set; }

    /// <summary>A run of what is asked for.</summary>
    /// <param name="rate">Gb/s.</param>
    /// <param name="seconds">How long it sends.</param>
    /// <param name="bufferMiB">Socket buffer asked for.</param>
    public Link LinkOf(double rate, double seconds, int bufferMiB) => new Link
    {
        Rate = rate,
        Packet = Packet,
        Heap = Heap,
        Heaps = 0,
        Segmentation = !NoGso,
        BufferMiB = bufferMiB,
        Wait = Wait,
        Port = Port,
        SenderCore = SenderCore,
        ReceiverCore = ReceiverCore,
    }.Lasting(seconds, rate);

    /// <summary>The same in words.</summary>
    public IEnumerable<RunSetting> Describe(Link link)
    {
        string gso = NoGso ? "without segmentation offload" : "with segmentation offload";
        yield return new RunSetting("traffic", string.Create(CultureInfo.InvariantCulture,
            $"packets of {Packet} bytes {gso}, heaps of {Heap} bytes, {link.Heaps} heaps a run, sent from core {SenderCore}"));
        yield return new RunSetting("receiver", string.Create(CultureInfo.InvariantCulture,
            $"core {ReceiverCore}, socket buffer of {link.BufferMiB} MiB asked for, which the kernel doubles; Recv waits by {Wait}"));
    }
}
