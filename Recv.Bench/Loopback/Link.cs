using Recv.Sources;

namespace Recv.Bench.Loopback;

/// <summary>A feed, over 127.0.0.1 unless another host is named, and who sits where: what all contenders of a comparison have in
/// common.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Link
{
    /// <summary>Gigabits a second of datagrams; 0 for as fast as it goes.</summary>
    public required double Rate { get; init; }

    /// <summary>Bytes of a datagram.</summary>
    public required int Packet { get; init; }

    /// <summary>Bytes of a heap.</summary>
    public required int Heap { get; init; }

    /// <summary>Heaps of a run, all streams together.</summary>
    public required int Heaps { get; init; }

    /// <summary>Whether the sender hands over packets in large buffers, which cross the loopback interface whole.</summary>
    public bool Segmentation { get; init; } = true;

    /// <summary>Streams, each with a port and a socket of its own.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Socket buffer in MiB, asked for for all streams together; the kernel accounts twice that.</summary>
    public required int BufferMiB { get; init; }

    /// <summary>What our receiver does while its socket is empty.</summary>
    public WaitPolicy Wait { get; init; } = WaitPolicy.Nap;

    /// <summary>Address of the receiver.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Network namespace of the sender; null for ours.</summary>
    public string? SenderNetwork { get; init; }

    /// <summary>Network namespace of the receiver; null for ours.</summary>
    public string? ReceiverNetwork { get; init; }

    /// <summary>First port.</summary>
    public required int Port { get; init; }

    /// <summary>Core of the sender.</summary>
    public required int SenderCore { get; init; }

    /// <summary>Core of the receiver with all its threads.</summary>
    public required int ReceiverCore { get; init; }

    /// <summary>Heaps of data that a receiver can get: the first of each stream carries descriptors, and neither side takes it for
    /// data.</summary>
    public int DataHeaps => Heaps - Streams;

    /// <summary>The same for another length.</summary>
    public Link Lasting(double seconds, double gbps) =>
        this with { Heaps = (int)Math.Max(2 * Streams, gbps * 1e9 / 8 * seconds / Heap) };
}
