using ILGPU.Runtime;
using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>The memory of chunks, page-locked for a device: each once, when it is first seen.</summary>
/// <remarks>
/// <b>Threading:</b> one thread at a time; the counts may be read by any. <b>Owns:</b> the page locks; they end before the memory
/// does. A driver that refuses is asked for each all the same; uploads work, only slower.
/// </remarks>
internal sealed class ChunkRegistry(GpuDevice device) : IDisposable
{
    private readonly Dictionary<Chunk, PinnedMemory> _pinned = [];
    private long _bytes;
    private long _ended;

    /// <summary>Bytes that are page-locked for the device.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Registrations that have ended: unlocking a large pool takes many seconds, in which this goes on.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Why the driver refused, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The memory of a chunk as the device wants to see it.</summary>
    public unsafe PinnedMemory Of(Chunk chunk)
    {
        if (_pinned.TryGetValue(chunk, out PinnedMemory? known)) return known;
        var made = new PinnedMemory(device, (nint)chunk.Storage.Pointer, chunk.Storage.Length);
        _pinned.Add(chunk, made);
        // Not to be unmapped while a driver has it page-locked.
        bool kept = false;
        chunk.Storage.DangerousAddRef(ref kept);
        Refusal ??= made.Refusal;
        if (made.Refusal is null && device.Properties.Kind == GpuKind.Cuda) Volatile.Write(ref _bytes, _bytes + chunk.Storage.Length);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Chunk chunk, PinnedMemory pinned) in _pinned)
        {
            _pinned.Remove(chunk);
            try
            {
                pinned.Dispose();
            }
            catch (AcceleratorException)
            {
                // A device that is lost; its page locks end with its context.
            }
            chunk.Storage.DangerousRelease();
            Volatile.Write(ref _ended, _ended + 1);
        }
        Volatile.Write(ref _bytes, 0);
    }
}
