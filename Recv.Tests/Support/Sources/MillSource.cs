using Recv.Sources;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Support.Sources;

/// <summary>Endless traffic without a lock or an allocation: each batch is the next chunk of a mill.</summary>
/// <remarks><b>Threading:</b> as <see cref="IPacketSource"/>. <b>Owns:</b> the mill.</remarks>
internal sealed class MillSource(PacketMill mill) : IPacketSource
{
    private bool _disposed;

    public string Name => "mill";

    public int MaxBatch => mill.Count;

    public bool Ended => Volatile.Read(ref _disposed);

    public SourceStatus Status => default;

    public void Open()
    {
    }

    public int Receive(Span<Datagram> batch, bool wait)
    {
        ReadOnlySpan<Datagram> chunk = mill.Next();
        chunk.CopyTo(batch);
        return chunk.Length;
    }

    public void Release()
    {
    }

    public void Wake()
    {
    }

    public void Dispose()
    {
        if (_disposed) return;
        Volatile.Write(ref _disposed, true);
        mill.Dispose();
    }
}
