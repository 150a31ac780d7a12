using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>The memory of chunks, registered with a device: each once, when it is first seen.</summary>
/// <remarks>
/// <b>Threading:</b> one thread at a time; the bytes may be read by any. <b>Owns:</b> the registrations; they end before the memory
/// does. A device that refuses is asked no more: uploads work all the same, only slower.
/// </remarks>
internal sealed class ChunkRegistry(IGpuDevice device) : IDisposable
{
    private readonly Dictionary<Chunk, IDisposable> _registered = [];
    private long _bytes;
    private long _ended;

    /// <summary>Bytes that are page-locked for the device.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Registrations that have ended: unlocking a large pool takes many seconds, in which this goes on.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Why the device refused, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Registers the memory of a chunk unless it is already.</summary>
    public unsafe void Add(Chunk chunk)
    {
        if (!device.Properties.PageLocks || Refusal is not null || _registered.ContainsKey(chunk)) return;
        try
        {
            _registered.Add(chunk, device.Register((nint)chunk.Storage.Pointer, chunk.Storage.Length));
            Volatile.Write(ref _bytes, _bytes + chunk.Storage.Length);
            // Not to be unmapped while a driver has it page-locked.
            bool kept = false;
            chunk.Storage.DangerousAddRef(ref kept);
        }
        catch (GpuException refused) when (refused.Kind != GpuFailure.DeviceLost)
        {
            Refusal = refused.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Chunk chunk, IDisposable registration) in _registered)
        {
            _registered.Remove(chunk);
            registration.Dispose();
            chunk.Storage.DangerousRelease();
            Volatile.Write(ref _ended, _ended + 1);
        }
        Volatile.Write(ref _bytes, 0);
    }
}
