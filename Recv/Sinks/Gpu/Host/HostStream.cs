namespace Recv.Sinks.Gpu.Host;

/// <summary>A stream of the host device: a queue and the thread that works it off.</summary>
/// <remarks>
/// <b>Threading:</b> as <see cref="IGpuStream"/>. After a kernel has thrown, nothing more is done but reaching marks, and every call
/// and wait says why, as a driver's sticky error does. <b>Owns:</b> its thread.
/// </remarks>
internal sealed class HostStream : IGpuStream
{
    // More work in the queue than any pipeline has in flight: beyond it, enqueuing waits.
    private const int Depth = 256;

    private readonly HostCommand[] _ring = new HostCommand[Depth];
    private readonly Lock _enqueuing = new();
    private readonly SemaphoreSlim _free = new(Depth);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly HostEvent _end = new();
    private readonly string _device;
    private readonly Thread _thread;
    private volatile Exception? _failure;
    private volatile bool _closing;
    private long _tail;

    /// <summary>Starts the thread.</summary>
    public HostStream(string device)
    {
        _device = device;
        for (int i = 0; i < Depth; i++) _ring[i] = new HostCommand();
        _thread = new Thread(Work) { Name = "gpu host stream", IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Upload(nint source, IGpuBuffer destination, long offset, long bytes) =>
        Copy(HostCommandKind.Upload, destination, offset, source, bytes);

    /// <inheritdoc/>
    public void Download(IGpuBuffer source, long offset, nint destination, long bytes) =>
        Copy(HostCommandKind.Download, source, offset, destination, bytes);

    /// <inheritdoc/>
    public void Clear(IGpuBuffer buffer, long offset, long bytes) => Copy(HostCommandKind.Clear, buffer, offset, 0, bytes);

    /// <inheritdoc/>
    public void Launch(IGpuKernel kernel, int groups, int groupSize, GpuArguments arguments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        ThrowIfFailed();
        lock (_enqueuing)
        {
            Next().Set((HostKernelEntry)kernel, groups, groupSize, arguments);
            Enqueue();
        }
    }

    /// <inheritdoc/>
    public void Record(IGpuEvent mark)
    {
        lock (_enqueuing)
        {
            HostCommand command = Next();
            command.Set(HostCommandKind.Mark, (HostEvent)mark, ((HostEvent)mark).Record());
            Enqueue();
        }
    }

    /// <inheritdoc/>
    public void Wait(IGpuEvent mark)
    {
        ThrowIfFailed();
        lock (_enqueuing)
        {
            Next().Set(HostCommandKind.Await, (HostEvent)mark, ((HostEvent)mark).Recorded);
            Enqueue();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        Record(_end);
        _end.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        _ready.Release();
        _thread.Join();
    }

    /// <summary>The error that a stream met, to be thrown once more by somebody else.</summary>
    internal static Exception Repeat(Exception failure) => failure is GpuException gpu
        ? gpu
        : new InvalidOperationException(failure.Message, failure);

    private void Copy(HostCommandKind kind, IGpuBuffer buffer, long offset, nint memory, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, buffer.Bytes - bytes);
        ThrowIfFailed();
        lock (_enqueuing)
        {
            Next().Set(kind, (HostBuffer)buffer, offset, memory, bytes);
            Enqueue();
        }
    }

    private HostCommand Next()
    {
        _free.Wait();
        return _ring[_tail % Depth];
    }

    private void Enqueue()
    {
        _tail++;
        _ready.Release();
    }

    private void Work()
    {
        for (long head = 0; ; head++)
        {
            _ready.Wait();
            // Enqueued work comes before the end: the release of the end is behind all of its releases.
            if (_closing && head == Volatile.Read(ref _tail)) return;
            Execute(_ring[head % Depth]);
            _free.Release();
        }
    }

    private void Execute(HostCommand command)
    {
        try
        {
            if (_failure is null) command.Run();
        }
        catch (Exception failure)
        {
            _failure = failure is GpuException
                ? failure
                : new GpuException(_device, "kernel", 1, failure.GetType().Name, GpuFailure.DeviceLost, failure.Message);
        }
        if (command.IsMark) command.Reach(_failure);
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure) throw Repeat(failure);
    }
}
