using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source that ends after so many datagrams, and says when each of them arrived: makes of a socket what a replay
/// needs.</summary>
/// <remarks><b>Threading:</b> as the inner source. <b>Owns:</b> the inner source.</remarks>
internal sealed class ScheduledSource(IPacketSource inner, IReadOnlyList<long> arrivals) : IPacketSource
{
    private int _given;

    public string Name => inner.Name;

    public int MaxBatch => inner.MaxBatch;

    public bool Ended => _given == arrivals.Count;

    public SourceStatus Status => inner.Status;

    public void Open() => inner.Open();

    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (Ended) return 0;
        int count = inner.Receive(batch, wait);
        for (int i = 0; i < count; i++) batch[i].ArrivalNanoseconds = arrivals[_given++];
        return count;
    }

    public void Release() => inner.Release();

    public void Wake() => inner.Wake();

    public void Dispose() => inner.Dispose();
}
