namespace Recv.Sinks.Gpu;

/// <summary>The registration of a device that does not page-lock.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class NotPageLocked : IDisposable
{
    public static NotPageLocked Instance { get; } = new();

    public void Dispose()
    {
    }
}
