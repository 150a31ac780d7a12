namespace Recv.Sinks.Gpu;

/// <summary>A mark in a stream: done when all work before it is. Not yet recorded, it counts as done.</summary>
/// <remarks><b>Threading:</b> any thread asks and waits; recorded again only when nobody waits for the last time any more.</remarks>
public interface IGpuEvent : IDisposable
{
    /// <summary>Whether the device has come to it.</summary>
    bool IsDone { get; }

    /// <summary>Waits on the host, without burning a core, until the device has come to it.</summary>
    void Wait();

    /// <summary>Device time between two marks that are done, in seconds.</summary>
    double SecondsSince(IGpuEvent earlier);
}
