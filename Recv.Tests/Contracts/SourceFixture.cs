using Recv.Sources;

namespace Recv.Tests.Contracts;

/// <summary>An open source and the way by which datagrams get into it.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the source.</remarks>
public abstract class SourceFixture(IPacketSource source) : IDisposable
{
    public IPacketSource Source { get; } = source;

    /// <summary>True when the source can end by itself.</summary>
    public virtual bool CanEnd => true;

    /// <summary>Sends datagrams, in a source that did not have them all from the start.</summary>
    public abstract void Feed(ReadOnlySpan<byte[]> datagrams);

    /// <summary>Nothing comes after this.</summary>
    public virtual void End()
    {
    }

    public void Dispose()
    {
        Source.Dispose();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
