namespace Recv.Sources;

/// <summary>A source that can say who sent each datagram: for recording and inspecting, not for receiving.</summary>
/// <remarks><b>Threading:</b> as <see cref="IPacketSource"/> says, on the receive thread.</remarks>
public interface IOriginSource : IPacketSource
{
    /// <summary>Asks for origins. Before <see cref="IPacketSource.Open"/>; costs a few nanoseconds a packet.</summary>
    void KeepOrigins();

    /// <summary>The origin of a datagram of the last batch, by its index in it.</summary>
    DatagramOrigin OriginOf(int index);

    /// <summary>What <see cref="Datagram.ArrivalNanoseconds"/> is the time of, in words.</summary>
    string TimeOfArrival { get; }
}
