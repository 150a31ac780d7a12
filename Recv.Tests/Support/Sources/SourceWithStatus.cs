using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source whose losses are what a test says they are; all else is another source's.</summary>
/// <remarks><b>Owns:</b> the other source.</remarks>
internal sealed class SourceWithStatus(IPacketSource source, SourceStatus status) : IPacketSource
{
    public string Name => source.Name;

    public int MaxBatch => source.MaxBatch;

    public bool Ended => source.Ended;

    public SourceStatus Status => status;

    public void Open() => source.Open();

    public int Receive(Span<Datagram> batch, bool wait) => source.Receive(batch, wait);

    public void Release() => source.Release();

    public void Wake() => source.Wake();

    public void Dispose() => source.Dispose();
}
