using System.Collections.Concurrent;
using System.Globalization;
using ILGPU.Runtime;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Gpu;

/// <summary>
/// Brings every chunk to a device in one asynchronous copy and runs a pipeline of stages on it there. The upload of a chunk runs beside the
/// kernels of the one before, and the chunk goes home as soon as its upload is done, long before it is computed.
/// </summary>
/// <remarks>
/// <para>At most <see cref="GpuSinkOptions.Slots"/> chunks are held. When the device is slower than the feed, chunks wait in the data ring,
/// and the overrun policy decides as for every sink. An error of the device ends this sink only.</para>
/// <para>A device that hangs holds up neither the end nor <see cref="Dispose"/>: when it has done nothing for
/// <see cref="GpuSinkOptions.Patience"/>, it is given up with all that it may still read or write. That memory stays until the
/// device comes back, or the process ends.</para>
/// <para><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Reading"/> and <see cref="Progress"/> from any thread. Three
/// threads of its own call the device: one uploads, one waits for uploads and enqueues the kernels, one waits for those. Each slot has
/// a stream of its own.</para>
/// <para><b>Owns:</b> the device, the stages, and all memory on the device.</para>
/// </remarks>
public sealed partial class GpuSink : IChunkSink
{
    // Keeps what a hung device may still write into from being finalised.
    private static readonly ConcurrentDictionary<GpuSink, string> GivenUp = new();

    private readonly GpuDevice _device;
    private readonly GpuSinkOptions _options;
    private readonly GpuRotation _rotation;
    private readonly ChunkRegistry _registry;
    private readonly IGpuStage[] _stages;
    private readonly GpuThreads _threads;
    private readonly GpuChunk?[] _slots;
    // By slot: written by the sink before it gives the slot, emptied when the upload is done.
    private readonly Chunk?[] _chunksOnTheWay;
    private readonly Lock _ending = new();

    // Each put here as soon as it is made: the next one may fail.
    private readonly List<MemoryBuffer> _buffers = [];
    private readonly List<AcceleratorStream> _streams = [];
    private bool _isSetUp;
    private long _seen;
    private bool _disposed;
    private volatile Exception? _failure;

    // Under the lock.
    private bool _idle = true;
    private bool _gaveUp;

    // Written by the thread that follows the uploads, read by any.
    private double _uploadSeconds;
    private long _uploadsUntil;

    // Written by the thread that follows the work, read by any.
    private long _chunks;
    private long _bytes;
    private double _workSeconds;
    private long _workUntil;

    /// <summary>A sink that has not touched the device yet.</summary>
    public GpuSink(GpuDevice device, GpuSinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _options = options ?? new GpuSinkOptions();
        if (_options.Slots is not (>= 1 and <= 64)) throw RecvException.BadUsage($"a GPU sink with {_options.Slots} slots: give 1 to 64");
        if (_options.Every < 1) throw RecvException.BadUsage($"a GPU sink for one of {_options.Every} chunks: give 1 or more");
        if (!_options.Unpacks && _options.Stages.FirstOrDefault(stage => stage.NeedsSamples) is { } needy)
            throw RecvException.BadUsage(
                $"{needy.GetType().Name} wants unpacked samples: leave {nameof(GpuSinkOptions)}.{nameof(GpuSinkOptions.Unpacks)} on");
        _slots = new GpuChunk?[_options.Slots];
        _chunksOnTheWay = new Chunk?[_options.Slots];
        _rotation = new GpuRotation(_options.Slots);
        _registry = new ChunkRegistry(device);
        _stages = [new FirstStage(_options.Unpacks), .. _options.Stages];
        _threads = new GpuThreads(_rotation, () => _rotation.Steps + _registry.Ended, Enqueue, FollowUpload, FollowWork, EndThreads);
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
        Volatile.Read(ref _workSeconds), _options.Slots, _rotation.Busy, _rotation.Uploading, _rotation.Waits, _device.AllocatedBytes,
        _device.Properties.MemoryBytes, _registry.Bytes);

    /// <inheritdoc/>
    public string Progress
    {
        get
        {
            GpuReading now = Reading;
            double rate = now.UploadSeconds > 0 ? now.UploadedBytes / now.UploadSeconds : 0;
            string line = string.Create(
                CultureInfo.InvariantCulture, $"{Name}: {now.Chunks} chunks on {_device.Properties.Name}, uploads at {rate / 1e9:F2} GB/s");
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
        foreach (Chunk chunk in pool) _registry.Of(chunk);
        SetUp(pool[0]);
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        lock (_ending) _idle = false;
        _threads.Start();
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
        int slot = _rotation.TakeFree(_options.Patience);
        if (slot < 0) GiveUp();
        ThrowIfFailed();
        Keep(chunk);
        _chunksOnTheWay[slot] = chunk;
        _rotation.Given();
    }

    /// <inheritdoc/>
    public void Finish()
    {
        EndOrGiveUp();
        ThrowIfFailed();
    }

    /// <inheritdoc/>
    public void Stopping() => _rotation.Stopping();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        EndOrGiveUp();
        lock (_ending)
        {
            if (_gaveUp) return;
        }
        // On a thread of its own, for these calls may hang as well.
        GivenUp[this] = "until its memory is given back";
        var end = new Thread(TearDown) { Name = "gpu end", IsBackground = true };
        end.Start();
        end.Join(_options.Patience);
    }

    // The memory of a chunk stays while the device may read it, whatever becomes of the pool.
    private static void Keep(Chunk chunk)
    {
        bool kept = false;
        chunk.Storage.DangerousAddRef(ref kept);
    }

    private void EndOrGiveUp()
    {
        lock (_ending)
        {
            if (_gaveUp) return;
        }
        _rotation.End();
        if (!_threads.Join(_options.Patience)) GiveUp();
    }

    private void GiveUp()
    {
        lock (_ending)
        {
            // It has come to its end just now.
            if (_idle) return;
            _gaveUp = true;
            GivenUp[this] = "hangs";
        }
        _rotation.End();
        _failure ??= RecvException.HostRefused(
            $"{_device.Properties.Address} ({_device.Properties.Name}): nothing has moved for {_options.Patience.TotalSeconds:0.#} s "
                + $"with {_rotation.Busy} chunks on the device, which is given up; look at the kernel's log (dmesg), then start again");
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure) throw failure is RecvException ? failure : new InvalidOperationException(failure.Message, failure);
    }
}
