using Recv.Bench.Loopback;
using Recv.Bench.Receiving;

namespace Recv.Bench.Bypass;

/// <summary>Recv at the receiving end of a <see cref="VirtualCable"/>, by one of its ways.</summary>
/// <param name="Name">The way: udp, packet or xdp, perhaps with a query.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record BypassContender(string Name) : IContender
{
    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        string[] parts = Name.Split('?', 2);
        string prefix = parts[0] switch
        {
            "udp" => "udp:",
            "packet" => $"packet:{VirtualCable.Device}:",
            "xdp" => $"xdp:{VirtualCable.Device}/0:",
            _ => throw RecvException.BadUsage($"--ways {Name}: give udp, packet or xdp"),
        };
        string query = parts.Length > 1 ? "?" + parts[1] : "";
        var options = new BypassReceiveOptions
        {
            Source = $"{prefix}{link.Host}:{link.Port}{query}",
            BufferMiB = link.BufferMiB,
            Heap = link.Heap,
        };
        return new TalkingReceiver(ChildProcess.Ours(link.ReceiverCore, options.Arguments, null, link.ReceiverNetwork));
    }
}
