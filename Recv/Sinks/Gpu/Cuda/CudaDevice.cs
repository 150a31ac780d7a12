using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Recv.Sinks.Gpu.Cuda;

/// <summary>An NVIDIA GPU through CUDA's driver API. Kernels come as PTX, which the driver compiles for the GPU that is there.</summary>
/// <remarks>
/// <b>Threading:</b> as <see cref="IGpuDevice"/>; the device's primary context is made current on each thread that calls.
/// <b>Owns:</b> a share of the primary context, and the modules.
/// </remarks>
internal sealed unsafe class CudaDevice : IGpuDevice
{
    private const int LogRoom = 8192;

    // The context that was made current last, of whichever device: a thread may use several.
    [ThreadStatic]
    private static nint _current;

    private readonly ConcurrentDictionary<string, nint> _modules = new();
    private readonly ConcurrentDictionary<string, CudaKernel> _kernels = new();
    private readonly int _device;
    private readonly string _name;
    private nint _context;
    private long _allocated;

    /// <summary>Opens a device by its number.</summary>
    /// <exception cref="RecvException">There is none of that number, or it cannot be had (exit code 3).</exception>
    public CudaDevice(CudaLibrary library, int index)
    {
        Library = library;
        IReadOnlyList<(int Handle, GpuProperties Properties)> devices = CudaDevices.List(library);
        if (index < 0 || index >= devices.Count)
            throw RecvException.HostRefused($"cuda:{index}: the driver shows {devices.Count} GPUs; look at nvidia-smi and CUDA_VISIBLE_DEVICES, or give another number");
        (_device, Properties) = devices[index];
        _name = $"{Properties.Address} ({Properties.Name})";
        nint context = 0;
        Check(library.cuDevicePrimaryCtxRetain(&context, _device), "cuDevicePrimaryCtxRetain");
        _context = context;
    }

    /// <inheritdoc/>
    public GpuProperties Properties { get; }

    /// <inheritdoc/>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    /// <summary>The driver.</summary>
    internal CudaLibrary Library { get; }

    /// <inheritdoc/>
    public IGpuBuffer Allocate(long bytes, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ulong pointer = 0;
        MakeCurrent();
        Check(Library.cuMemAlloc(&pointer, (nuint)bytes), "cuMemAlloc", $"{bytes >> 20} MiB for {purpose}");
        Interlocked.Add(ref _allocated, bytes);
        return new CudaBuffer(this, pointer, bytes);
    }

    /// <inheritdoc/>
    public IDisposable Register(nint address, long bytes)
    {
        MakeCurrent();
        Check(Library.cuMemHostRegister((void*)address, (nuint)bytes, CudaLibrary.CU_MEMHOSTREGISTER_PORTABLE), "cuMemHostRegister", $"{bytes >> 20} MiB");
        return new CudaRegistration(this, address);
    }

    /// <inheritdoc/>
    public IGpuStream OpenStream()
    {
        nint stream = 0;
        MakeCurrent();
        Check(Library.cuStreamCreate(&stream, CudaLibrary.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        return new CudaStream(this, stream);
    }

    /// <inheritdoc/>
    public IGpuEvent CreateEvent()
    {
        nint made = 0;
        MakeCurrent();
        Check(Library.cuEventCreate(&made, CudaLibrary.CU_EVENT_BLOCKING_SYNC), "cuEventCreate");
        return new CudaEvent(this, made);
    }

    /// <inheritdoc/>
    public void Load(GpuProgram program)
    {
        if (program.Ptx is null) throw RecvException.BadUsage($"{Properties.Address}: program {program.Name} has no PTX; make it with Recv/Sinks/Gpu/Kernels/make-ptx");
        if (_modules.ContainsKey(program.Name)) return;
        byte[] log = new byte[LogRoom];
        nint module = 0;
        int status;
        MakeCurrent();
        fixed (byte* image = Encoding.UTF8.GetBytes(program.Ptx + "\0"), text = log)
        {
            int* options = stackalloc int[] { CudaLibrary.CU_JIT_ERROR_LOG_BUFFER, CudaLibrary.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES };
            // Options are pointers or numbers in the place of pointers.
            void** values = stackalloc void*[] { text, (void*)LogRoom };
            status = Library.cuModuleLoadDataEx(&module, image, 2, options, values);
        }
        if (status != CudaStatus.CUDA_SUCCESS)
            throw CudaStatus.Failure(Library, status, "cuModuleLoadDataEx", _name, $"program {program.Name}: {FirstLine(log)}");
        _modules[program.Name] = module;
    }

    /// <inheritdoc/>
    public IGpuKernel Kernel(string name) => _kernels.GetOrAdd(name, Find);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context == 0) return;
        TryMakeCurrent();
        foreach (nint module in _modules.Values) Library.cuModuleUnload(module);
        Library.cuCtxSetCurrent(0);
        _current = 0;
        Library.cuDevicePrimaryCtxRelease(_device);
        _context = 0;
    }

    /// <summary>Makes the context current on this thread.</summary>
    internal void MakeCurrent()
    {
        if (_current == _context) return;
        Check(Library.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
        _current = _context;
    }

    /// <summary>The same for giving back: on a device that is lost it fails, and what it was wanted for goes on all the same.</summary>
    internal void TryMakeCurrent()
    {
        if (_current != _context && Library.cuCtxSetCurrent(_context) == CudaStatus.CUDA_SUCCESS) _current = _context;
    }

    /// <summary>Frees memory of the device.</summary>
    internal void Free(ulong pointer, long bytes)
    {
        TryMakeCurrent();
        // An error is one that was met before: it says nothing about this memory.
        Library.cuMemFree(pointer);
        Interlocked.Add(ref _allocated, -bytes);
    }

    /// <summary>Ends a registration.</summary>
    internal void Unregister(nint address)
    {
        TryMakeCurrent();
        Library.cuMemHostUnregister((void*)address);
    }

    /// <summary>Throws unless the call went well.</summary>
    internal void Check(int status, string call) => CudaStatus.Check(Library, status, call, _name);

    /// <summary>Throws unless the call went well.</summary>
    internal void Check(int status, string call, string detail)
    {
        if (status != CudaStatus.CUDA_SUCCESS) throw CudaStatus.Failure(Library, status, call, _name, detail);
    }

    private CudaKernel Find(string name)
    {
        MakeCurrent();
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            foreach (nint module in _modules.Values)
            {
                nint function = 0;
                if (Library.cuModuleGetFunction(&function, module, text) == CudaStatus.CUDA_SUCCESS) return new CudaKernel(name, function);
            }
        }
        throw RecvException.BadUsage($"{Properties.Address}: no loaded program has a kernel {name}");
    }

    private static string FirstLine(byte[] log)
    {
        fixed (byte* text = log) return (Marshal.PtrToStringUTF8((nint)text) ?? "").Split('\n')[0];
    }
}
