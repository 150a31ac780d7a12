using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Gpu.Host;

/// <summary>What a <see cref="HostSink"/> computes of each chunk, in place.</summary>
/// <remarks><b>Threading:</b> the sink's thread; <see cref="Progress"/> from any.</remarks>
public interface IHostStage
{
    /// <summary>Before the first chunk.</summary>
    void Start(LayoutShape shape);

    /// <summary>One chunk, to be read only. What is absent holds anything.</summary>
    void Take(Chunk chunk);

    /// <summary>What it has found, in a few words; null for nothing.</summary>
    string? Progress => null;
}
