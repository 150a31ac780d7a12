namespace Recv.Sinks.Gpu.Host;

/// <summary>One piece of work in a host stream's queue; used again and again.</summary>
/// <remarks><b>Threading:</b> written by who enqueues, then read by the stream's thread.</remarks>
internal sealed unsafe class HostCommand
{
    private HostCommandKind _kind;
    private HostBuffer? _buffer;
    private HostEvent? _mark;
    private long _number;
    private HostKernelEntry? _kernel;
    private nint _memory;
    private long _offset;
    private long _bytes;
    private int _groups;
    private int _groupSize;
    private readonly GpuArguments _arguments = new();

    /// <summary>Whether it is a mark, which is reached even by a stream that has failed.</summary>
    public bool IsMark => _kind == HostCommandKind.Mark;

    /// <summary>Becomes a copy in either direction, or a clearing.</summary>
    public void Set(HostCommandKind kind, HostBuffer buffer, long offset, nint memory, long bytes)
    {
        (_kind, _buffer, _offset, _memory, _bytes) = (kind, buffer, offset, memory, bytes);
    }

    /// <summary>Becomes a launch.</summary>
    public void Set(HostKernelEntry kernel, int groups, int groupSize, GpuArguments arguments)
    {
        (_kind, _kernel, _groups, _groupSize) = (HostCommandKind.Launch, kernel, groups, groupSize);
        _arguments.CopyFrom(arguments);
    }

    /// <summary>Becomes a mark, or the wait for one, by the number of its recording.</summary>
    public void Set(HostCommandKind kind, HostEvent mark, long number) => (_kind, _mark, _number) = (kind, mark, number);

    /// <summary>Does it.</summary>
    public void Run()
    {
        switch (_kind)
        {
            case HostCommandKind.Upload:
                Buffer.MemoryCopy((void*)_memory, _buffer!.Pointer + _offset, _bytes, _bytes);
                break;
            case HostCommandKind.Download:
                Buffer.MemoryCopy(_buffer!.Pointer + _offset, (void*)_memory, _bytes, _bytes);
                break;
            case HostCommandKind.Clear:
                System.Runtime.InteropServices.NativeMemory.Clear(_buffer!.Pointer + _offset, (nuint)_bytes);
                break;
            case HostCommandKind.Launch:
                _kernel!.Code(_arguments, _groups, _groupSize);
                break;
            case HostCommandKind.Await:
                _mark!.WaitQuietly(_number);
                break;
            case HostCommandKind.Mark:
                break;
        }
    }

    /// <summary>Says that a mark is reached.</summary>
    public void Reach(Exception? failure) => _mark!.Reach(_number, failure);
}

/// <summary>Kinds of work of a host stream.</summary>
internal enum HostCommandKind
{
    Upload,
    Download,
    Clear,
    Launch,
    Mark,
    Await,
}
