using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source without datagrams, which can refuse to open and remembers what was done with it.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal sealed class StubSource(bool refusesToOpen = false) : IPacketSource
{
    private readonly ManualResetEventSlim _woken = new();

    public int Opens { get; private set; }

    public int Disposals { get; private set; }

    public string Name => "stub";

    public int MaxBatch => 1;

    public bool Ended => false;

    public SourceStatus Status => default;

    public void Open()
    {
        if (refusesToOpen) throw RecvException.HostRefused("stub: the host refuses; ask another one");
        Opens++;
    }

    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (wait) _woken.Wait(100);
        return 0;
    }

    public void Release()
    {
    }

    public void Wake() => _woken.Set();

    public void Dispose() => Disposals++;
}
