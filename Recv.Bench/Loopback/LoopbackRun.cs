using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>One run of one contender.</summary>
/// <param name="Received">What it says.</param>
/// <param name="Sent">What the sender says.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record LoopbackRun(ReceiveResult Received, SendResult Sent)
{
    /// <summary>Starts a contender, sends, and waits for both.</summary>
    public static LoopbackRun Of(IContender contender, Link link)
    {
        using IRunningReceiver receiver = contender.Start(link);
        var options = new SendOptions
        {
            Host = link.Host,
            Port = link.Port,
            Streams = link.Streams,
            Rate = link.Rate,
            Packet = link.Packet,
            Heap = link.Heap,
            Heaps = link.Heaps,
            Segmentation = link.Segmentation,
        };
        using ChildProcess sender = ChildProcess.Ours(link.SenderCore, options.Arguments, null, link.SenderNetwork);
        SendResult sent = SendResult.Parse(sender.Output());
        if (sent.Errors > 0) throw RecvException.HostRefused($"{sent.Errors} packets could not be sent to port {link.Port}");
        return new LoopbackRun(receiver.Finish(), sent);
    }

    /// <summary>CPU seconds of the receiver for a GB that it received: of what was sent, one that loses half would seem twice as
    /// good.</summary>
    public double CpuPerGigabyte(Link link) => Received.CpuSeconds / Gigabytes(Received.Datagrams, link);

    /// <summary>Datagrams a second that were received, by the receiver's clock, or by the sender's if the receiver does not say.</summary>
    public double Rate(Link link) => Received.Datagrams / (Received.Seconds > 0 ? Received.Seconds : Sent.Seconds(link.Packet));

    /// <summary>CPU seconds of the sender for a GB that it sent.</summary>
    public double SenderCpuPerGigabyte(Link link) => Sent.CpuSeconds / ((double)link.Heaps * link.Heap * 1e-9);

    /// <summary>Heaps that did not arrive whole.</summary>
    public long Lost(Link link) => link.DataHeaps - Received.Heaps;

    private static double Gigabytes(long datagrams, Link link) => datagrams * (double)link.Packet * 1e-9;
}
