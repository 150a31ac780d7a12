using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Waiting;

/// <summary>Options of <c>waiting</c>.</summary>
[Verb("waiting", HelpText =
    "What each waiting policy costs: from a datagram sent to the receive thread that has it, and CPU of that thread, over 127.0.0.1.")]
internal sealed class WaitingOptions : BenchOptions
{
    [Option("every", Default = 100, MetaValue = "US", HelpText = "Microseconds from one datagram to the next.")]
    public int Microseconds { get; set; }

    [Option("packet", Default = 8872, MetaValue = "BYTES", HelpText = "Bytes of a datagram.")]
    public int Packet { get; set; }

    [Option("seconds", Default = 1.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("sender-core", Default = 0, MetaValue = "CORE", HelpText = "Core of the sender.")]
    public int SenderCore { get; set; }

    [Option("receiver-core", Default = 1, MetaValue = "CORE", HelpText = "Core of the receive thread.")]
    public int ReceiverCore { get; set; }

    /// <summary>Datagrams of a run.</summary>
    public int Datagrams => (int)(Seconds * 1e6 / Microseconds);

    /// <summary>Refuses what cannot be measured.</summary>
    /// <exception cref="RecvException">One line (exit code 2).</exception>
    public void CheckFeed()
    {
        Check();
        if (Microseconds is < 1 or > 1_000_000) throw RecvException.BadUsage($"--every {Microseconds}: give 1 to 1000000");
        if (Packet is < 8 or > 65507) throw RecvException.BadUsage($"--packet {Packet}: give 8 to 65507");
        if (Seconds is not (> 0 and <= 60) || Datagrams < 10) throw RecvException.BadUsage(
            $"--seconds {Seconds}: give up to 60, and enough for 10 datagrams");
    }
}
