using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source that the host refuses.</summary>
internal sealed class RefusingSource : IPacketSource
{
    public const string Why = "source 'refusing': the host says no; say please";

    public string Name => "refusing";

    public int MaxBatch => 1;

    public bool Ended => true;

    public SourceStatus Status => default;

    public void Open() => throw RecvException.HostRefused(Why);

    public int Receive(Span<Datagram> batch, bool wait) => 0;

    public void Release()
    {
    }

    public void Wake()
    {
    }

    public void Dispose()
    {
    }
}
