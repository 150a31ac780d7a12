namespace Recv.Simulate;

/// <summary>What a packet is part of.</summary>
/// <param name="Heap">Number of the data heap, from 0; <see cref="Control"/> for descriptor and stop heaps.</param>
/// <param name="EndsHeap">Whether it is the last packet of its heap.</param>
/// <param name="Destination">Index of the destination it goes to.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct PacketTag(long Heap, bool EndsHeap, int Destination)
{
    /// <summary>A heap that carries no data. Faults spare it, so that a damaged stream still begins and ends.</summary>
    public const long Control = -1;
}
