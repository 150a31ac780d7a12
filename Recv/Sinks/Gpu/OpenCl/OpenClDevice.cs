using System.Collections.Concurrent;
using System.Text;

namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>A device of any OpenCL driver. Memory that exists cannot be page-locked through OpenCL; drivers do so while they
/// copy.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuDevice"/>. <b>Owns:</b> context, programs and kernels.</remarks>
internal sealed unsafe class OpenClDevice : IGpuDevice
{
    private readonly ConcurrentDictionary<string, nint> _programs = new();
    private readonly ConcurrentDictionary<string, OpenClKernel> _kernels = new();
    private readonly nint _device;
    private readonly string _name;
    private nint _context;
    private long _allocated;

    /// <summary>Opens a device by its number.</summary>
    /// <exception cref="RecvException">There is none of that number, or it cannot be had (exit code 3).</exception>
    public OpenClDevice(OpenClLibrary library, int index)
    {
        Library = library;
        IReadOnlyList<(nint Handle, GpuProperties Properties)> devices = OpenClDevices.List(library);
        if (index < 0 || index >= devices.Count)
            throw RecvException.HostRefused($"opencl:{index}: this host has {devices.Count} OpenCL devices; install a driver (Debian: apt-get install pocl-opencl-icd), or give another number");
        (_device, Properties) = devices[index];
        _name = $"{Properties.Address} ({Properties.Name})";
        nint device = _device;
        int status = 0;
        _context = library.clCreateContext(null, 1, &device, 0, 0, &status);
        Check(status, "clCreateContext");
    }

    /// <inheritdoc/>
    public GpuProperties Properties { get; }

    /// <inheritdoc/>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    /// <summary>The driver.</summary>
    internal OpenClLibrary Library { get; }

    /// <inheritdoc/>
    public IGpuBuffer Allocate(long bytes, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        int status = 0;
        nint handle = Library.clCreateBuffer(_context, OpenClLibrary.CL_MEM_READ_WRITE, (nuint)bytes, 0, &status);
        if (status != 0) throw OpenClStatus.Failure(status, "clCreateBuffer", _name, $"{bytes >> 20} MiB for {purpose}");
        Interlocked.Add(ref _allocated, bytes);
        return new OpenClBuffer(this, handle, bytes);
    }

    /// <inheritdoc/>
    public IDisposable Register(nint address, long bytes) => NotPageLocked.Instance;

    /// <inheritdoc/>
    public IGpuStream OpenStream()
    {
        int status = 0;
        nint queue = Library.clCreateCommandQueue(_context, _device, OpenClLibrary.CL_QUEUE_PROFILING_ENABLE, &status);
        Check(status, "clCreateCommandQueue");
        return new OpenClStream(this, queue);
    }

    /// <inheritdoc/>
    public IGpuEvent CreateEvent() => new OpenClEvent(this);

    /// <inheritdoc/>
    public void Load(GpuProgram program)
    {
        if (program.OpenClWithPrelude is not { } source)
            throw RecvException.BadUsage($"{Properties.Address}: program {program.Name} has no OpenCL source");
        if (_programs.ContainsKey(program.Name)) return;
        int status = 0;
        nint handle;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + "\0"))
        {
            byte* lines = text;
            handle = Library.clCreateProgramWithSource(_context, 1, &lines, null, &status);
        }
        Check(status, "clCreateProgramWithSource", program.Name);
        nint device = _device;
        fixed (byte* options = "-cl-std=CL1.2\0"u8)
            status = Library.clBuildProgram(handle, 1, &device, options, 0, 0);
        if (status != 0)
        {
            string log = BuildLog(handle);
            Library.clReleaseProgram(handle);
            throw OpenClStatus.Failure(status, "clBuildProgram", _name, $"program {program.Name}: {log}");
        }
        _programs[program.Name] = handle;
    }

    /// <inheritdoc/>
    public IGpuKernel Kernel(string name) => _kernels.GetOrAdd(name, Create);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context == 0) return;
        foreach (OpenClKernel kernel in _kernels.Values) Library.clReleaseKernel(kernel.Handle);
        foreach (nint program in _programs.Values) Library.clReleaseProgram(program);
        Library.clReleaseContext(_context);
        _context = 0;
    }

    /// <summary>Memory came back.</summary>
    internal void Freed(long bytes) => Interlocked.Add(ref _allocated, -bytes);

    /// <summary>Throws unless the call went well.</summary>
    internal void Check(int status, string call) => OpenClStatus.Check(status, call, _name);

    /// <summary>Throws unless the call went well.</summary>
    internal void Check(int status, string call, string detail)
    {
        if (status != 0) throw OpenClStatus.Failure(status, call, _name, detail);
    }

    private OpenClKernel Create(string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            foreach (nint program in _programs.Values)
            {
                int status = 0;
                nint handle = Library.clCreateKernel(program, text, &status);
                if (status == 0) return new OpenClKernel(name, handle);
            }
        }
        throw RecvException.BadUsage($"{Properties.Address}: no loaded program has a kernel {name}");
    }

    // One line of it: the first that says error, or the beginning.
    private string BuildLog(nint program)
    {
        nuint length = 0;
        Library.clGetProgramBuildInfo(program, _device, OpenClLibrary.CL_PROGRAM_BUILD_LOG, 0, null, &length);
        var log = new byte[(int)Math.Min(length, 1 << 20)];
        fixed (byte* text = log)
            Library.clGetProgramBuildInfo(program, _device, OpenClLibrary.CL_PROGRAM_BUILD_LOG, (nuint)log.Length, text, null);
        string[] lines = Encoding.UTF8.GetString(log).TrimEnd('\0').Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(lines, line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? lines.FirstOrDefault("no build log");
    }
}
