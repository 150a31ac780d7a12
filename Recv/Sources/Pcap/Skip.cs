namespace Recv.Sources.Pcap;

/// <summary>Why a frame is not part of the stream, with the number of what it is instead where that is known.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Number">EtherType, protocol or service access point; of <see cref="SkipReason.OtherDestination"/> the port.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct Skip(SkipReason Reason, int Number = 0)
{
    public static implicit operator Skip(SkipReason reason) => new(reason);
}
