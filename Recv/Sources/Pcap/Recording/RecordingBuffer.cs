using Recv.Memory;

namespace Recv.Sources.Pcap.Recording;

/// <summary>Blocks on their way to the disk.</summary>
/// <remarks><b>Threading:</b> of whoever took it out of a queue last. <b>Owns:</b> its memory.</remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed class RecordingBuffer(int bytes) : IDisposable
{
    private readonly NativeBlock _block = NativeBlock.Allocate(bytes, "recording");

    /// <summary>Bytes filled.</summary>
    public int Filled { get; private set; }

    /// <summary>Datagrams in it.</summary>
    public int Packets { get; private set; }

    /// <summary>Time of arrival of the last of them.</summary>
    public long LastNanoseconds { get; private set; }

    /// <summary>What was filled.</summary>
    public ReadOnlySpan<byte> Blocks => _block.Span(0, Filled);

    /// <summary>Adds a datagram; false when it may not fit.</summary>
    public bool TryAdd(in Datagram datagram, in DatagramOrigin origin, long dropped)
    {
        if (bytes - Filled < datagram.Length + PcapngBlocks.MostOverhead) return false;
        Span<byte> room = _block.Span(Filled, bytes - Filled);
        Filled += PcapngBlocks.Packet(room, datagram.Span, datagram.ArrivalNanoseconds, origin, dropped);
        LastNanoseconds = datagram.ArrivalNanoseconds;
        Packets++;
        return true;
    }

    public void Clear() => (Filled, Packets, LastNanoseconds) = (0, 0, 0);

    public void Dispose() => _block.Dispose();
}
