using ILGPU.Runtime;

namespace Recv.Sinks.Gpu;

/// <summary>What is done with each chunk on the device: own kernels and copies. A pipeline is a list of stages.</summary>
/// <remarks>
/// <para><b>Threading:</b> <see cref="Start"/> before the first chunk; <see cref="Enqueue"/> on a thread of the sink's;
/// <see cref="Complete"/> on another, for chunk k while <see cref="Enqueue"/> already has later ones, whose kernels may run beside those
/// of k. So what goes from one to the other is kept per <see cref="GpuChunk.Slot"/>; a slot comes to <see cref="Enqueue"/> again only
/// after its <see cref="Complete"/>.</para>
/// <para>An exception ends the sink, and nothing else.</para>
/// </remarks>
public interface IGpuStage : IDisposable
{
    /// <summary>Whether it wants <see cref="GpuChunk.Samples"/>. A sink that does not unpack, or whose layout has samples that the first
    /// stage does not know, is then refused before it begins. Default false: the stage takes what there is.</summary>
    bool NeedsSamples => false;

    /// <summary>Once, before the first chunk: loads kernels, allocates.</summary>
    void Start(GpuPipeline pipeline);

    /// <summary>Enqueues this stage's work on one chunk, behind the work of the stages before. Must not wait for the device.</summary>
    void Enqueue(AcceleratorStream stream, GpuChunk chunk);

    /// <summary>All work of all stages on the chunk is done: what was downloaded is there.</summary>
    void Complete(GpuChunk chunk)
    {
    }

    /// <summary>What it has found, in a few words; null for nothing. Any thread.</summary>
    string? Progress => null;
}
