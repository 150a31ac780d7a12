using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source that says when it is asked for a batch.</summary>
/// <remarks><b>Threading:</b> as the source that it wraps. <b>Owns:</b> that source.</remarks>
internal sealed class WatchedSource(IPacketSource inner, Action<string> pass) : IPacketSource
{
    /// <summary>The thread has done with one batch and asks for the next.</summary>
    public const string BetweenBatches = "between batches";

    public string Name => inner.Name;

    public int MaxBatch => inner.MaxBatch;

    public bool Ended => inner.Ended;

    public SourceStatus Status => inner.Status;

    public bool IsOpen { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Open()
    {
        inner.Open();
        IsOpen = true;
    }

    public int Receive(Span<Datagram> batch, bool wait)
    {
        pass(BetweenBatches);
        return inner.Receive(batch, wait);
    }

    public void Release() => inner.Release();

    public void Wake() => inner.Wake();

    public void Dispose()
    {
        IsDisposed = true;
        inner.Dispose();
    }
}
