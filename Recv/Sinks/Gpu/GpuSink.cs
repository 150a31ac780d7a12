using System.Globalization;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Threads;

namespace Recv.Sinks.Gpu;

/// <summary>
/// Brings every chunk to a device in one asynchronous copy and runs a pipeline of stages on it there. The upload of a chunk runs beside the
/// kernels of the one before, and the chunk goes home as soon as its upload is done, long before it is computed.
/// </summary>
/// <remarks>
/// <para>At most <see cref="GpuSinkOptions.Slots"/> chunks are held. When the device is slower than the feed, chunks wait in the data ring,
/// and the overrun policy decides as for every sink. An error of the device ends this sink only.</para>
/// <para><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Reading"/> and <see cref="Progress"/> from any thread. Two threads of its own wait for the device:
/// one for uploads, one for the work behind them. Nothing is allocated on the GC heap per chunk.</para>
/// <para><b>Owns:</b> the device, the stages, and all memory on the device.</para>
/// </remarks>
public sealed class GpuSink : IChunkSink
{
    private readonly IGpuDevice _device;
    private readonly GpuSinkOptions _options;
    private readonly GpuRotation _rotation;
    private readonly ChunkRegistry _registry;
    private readonly IGpuStage[] _stages;
    private readonly PinnedThread _uploads;
    private readonly PinnedThread _works;
    private readonly GpuChunk?[] _slots;
    private IGpuStream? _uploadStream;
    private IGpuStream? _kernelStream;
    private bool _isSetUp;
    private long _seen;
    private bool _following;
    private bool _disposed;
    private volatile Exception? _failure;

    // Written by the thread that follows the work, read by any.
    private long _chunks;
    private long _bytes;
    private double _uploadSeconds;
    private double _kernelSeconds;

    /// <summary>A sink that has not touched the device yet.</summary>
    public GpuSink(IGpuDevice device, GpuSinkOptions? options = null)
    {
        _device = device;
        _options = options ?? new GpuSinkOptions();
        if (_options.Slots is not (>= 1 and <= 64)) throw RecvException.BadUsage($"a GPU sink with {_options.Slots} slots: give 1 to 64");
        if (_options.Every < 1) throw RecvException.BadUsage($"a GPU sink for one of {_options.Every} chunks: give 1 or more");
        _slots = new GpuChunk?[_options.Slots];
        _rotation = new GpuRotation(_options.Slots);
        _registry = new ChunkRegistry(device);
        _stages = [new FirstStage(_options.Unpacks), .. _options.Stages];
        _uploads = new PinnedThread(new GpuFollower(_rotation.NextUpload, FollowUpload), PinnedThread.AnyCore, "gpu uploads");
        _works = new PinnedThread(new GpuFollower(_rotation.NextWork, FollowWork), PinnedThread.AnyCore, "gpu work");
    }

    /// <inheritdoc/>
    public string Name => _options.Name ?? _device.Properties.Address;

    /// <inheritdoc/>
    public bool HonoursMask => true;

    /// <inheritdoc/>
    public bool Healthy => _failure is null;

    /// <summary>What the metrics say of it.</summary>
    public GpuReading Reading => new(
        Name, _device.Properties.Address, Volatile.Read(ref _chunks), Volatile.Read(ref _bytes), Volatile.Read(ref _uploadSeconds),
        Volatile.Read(ref _kernelSeconds), _options.Slots, _rotation.Busy, _rotation.Uploading, _rotation.Waits, _device.AllocatedBytes,
        _device.Properties.MemoryBytes, _registry.Bytes);

    /// <inheritdoc/>
    public string Progress
    {
        get
        {
            GpuReading now = Reading;
            double rate = now.UploadSeconds > 0 ? now.UploadedBytes / now.UploadSeconds : 0;
            string line = string.Create(CultureInfo.InvariantCulture, $"{Name}: {now.Chunks} chunks on {_device.Properties.Name}, uploads at {rate / 1e9:F2} GB/s");
            foreach (IGpuStage stage in _stages)
            {
                if (stage.Progress is { } more) line += ", " + more;
            }
            return _registry.Refusal is null ? line : $"{line}; not page-locked: {_registry.Refusal}";
        }
    }

    /// <inheritdoc/>
    public void Prepare(IReadOnlyList<Chunk> pool)
    {
        foreach (Chunk chunk in pool) _registry.Add(chunk);
        SetUp(pool[0]);
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        _uploads.Start();
        _works.Start();
        _following = true;
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        ThrowIfFailed();
        if (_seen++ % _options.Every != 0)
        {
            chunk.Release();
            return;
        }
        if (!_isSetUp) SetUp(chunk);
        _registry.Add(chunk);
        GpuChunk slot = _slots[_rotation.TakeFree()]!;
        ThrowIfFailed();
        slot.Begin(chunk);
        Enqueue(slot, chunk);
        _rotation.Enqueued();
    }

    /// <inheritdoc/>
    public void Finish()
    {
        StopFollowing();
        _registry.Dispose();
        ThrowIfFailed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        StopFollowing();
        _uploadStream?.Dispose();
        _kernelStream?.Dispose();
        _registry.Dispose();
        foreach (IGpuStage stage in _stages) stage.Dispose();
        foreach (GpuChunk? slot in _slots) slot?.DisposeParts();
        _device.Dispose();
    }

    // Everything that takes time or memory, before the first packet comes.
    private void SetUp(Chunk any)
    {
        _uploadStream = _device.OpenStream();
        _kernelStream = _device.OpenStream();
        for (int slot = 0; slot < _slots.Length; slot++)
            _slots[slot] = new GpuChunk(slot, _device.Allocate(any.Storage.Length, "chunks on the device"), _device.CreateEvent);
        var pipeline = new GpuPipeline(_device, any.Shape, any.PacketsPerHeap, _options.Slots);
        foreach (IGpuStage stage in _stages) stage.Start(pipeline);
        _isSetUp = true;
    }

    private unsafe void Enqueue(GpuChunk slot, Chunk chunk)
    {
        IGpuStream upload = _uploadStream!, kernels = _kernelStream!;
        upload.Record(slot.UploadBegun);
        upload.Upload((nint)chunk.Storage.Pointer, slot.Buffer, 0, chunk.Storage.Length);
        upload.Record(slot.Uploaded);
        kernels.Wait(slot.Uploaded);
        kernels.Record(slot.KernelsBegun);
        foreach (IGpuStage stage in _stages) stage.Enqueue(kernels, slot);
        kernels.Record(slot.Done);
    }

    private void FollowUpload(int index)
    {
        GpuChunk slot = _slots[index]!;
        try
        {
            slot.Uploaded.Wait();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        // Not before the wait, even when something has failed: the device may still be reading the chunk.
        slot.Source!.Release();
        slot.Source = null;
        _rotation.Uploaded();
    }

    private void FollowWork(int index)
    {
        try
        {
            Complete(_slots[index]!);
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        _rotation.Done();
    }

    private void Complete(GpuChunk slot)
    {
        slot.Done.Wait();
        if (_failure is not null) return;
        foreach (IGpuStage stage in _stages) stage.Complete(slot);
        Volatile.Write(ref _uploadSeconds, _uploadSeconds + slot.Uploaded.SecondsSince(slot.UploadBegun));
        Volatile.Write(ref _kernelSeconds, _kernelSeconds + slot.Done.SecondsSince(slot.KernelsBegun));
        Volatile.Write(ref _bytes, _bytes + slot.Buffer.Bytes);
        Volatile.Write(ref _chunks, _chunks + 1);
    }

    private void StopFollowing()
    {
        _rotation.End();
        if (!_following) return;
        _uploads.Join();
        _works.Join();
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure) throw failure is RecvException ? failure : new InvalidOperationException(failure.Message, failure);
    }
}
