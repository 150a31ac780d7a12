namespace Recv.Simulate;

/// <summary>
/// Packets in the order in which they are to be sent: made by a simulator, or changed on their way by faults.
/// </summary>
/// <remarks><b>Threading:</b> one thread, except <see cref="End"/>, which any thread may call.</remarks>
public interface IPacketFeed
{
    /// <summary>The most bytes of a packet, so how long the span given to <see cref="Next"/> must be.</summary>
    int MaxPacketBytes { get; }

    /// <summary>Packets of a data heap.</summary>
    int PacketsPerHeap { get; }

    /// <summary>Writes the next packet.</summary>
    /// <returns>Its bytes, at least 1; 0 when there are no more.</returns>
    int Next(Span<byte> destination, out PacketTag tag);

    /// <summary>Begins no more timestamps: the heaps of the one under way are finished, and the stop heaps come.</summary>
    void End();
}
