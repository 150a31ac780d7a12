namespace Recv.Sinks.Gpu;

/// <summary>
/// A device that computes: memory of its own, streams of work, kernels by name. Implemented by the host (C#), OpenCL and CUDA.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> any thread. A kernel is launched by one thread at a time.</para>
/// <para><b>Owns:</b> nothing but the device: whoever allocates, registers or opens a stream disposes of it before the device.
/// Failures are <see cref="GpuException"/>s, which say device, call and code.</para>
/// </remarks>
public interface IGpuDevice : IDisposable
{
    /// <summary>What it is.</summary>
    GpuProperties Properties { get; }

    /// <summary>Bytes on the device that are allocated through this object.</summary>
    long AllocatedBytes { get; }

    /// <summary>Memory on the device, contents undefined.</summary>
    /// <param name="bytes">At least 1.</param>
    /// <param name="purpose">What for; part of the error when there is none left.</param>
    IGpuBuffer Allocate(long bytes, string purpose);

    /// <summary>
    /// Page-locks memory of ours for as long as the result lives, so that the device fetches from it by itself. Needed for speed only:
    /// memory that is not registered can be uploaded as well. Does nothing where <see cref="GpuProperties.PageLocks"/> is false.
    /// </summary>
    IDisposable Register(nint address, long bytes);

    /// <summary>A queue of work: in order in itself, side by side with other streams.</summary>
    IGpuStream OpenStream();

    /// <summary>A mark in a stream, to be used again and again.</summary>
    IGpuEvent CreateEvent();

    /// <summary>Makes the kernels of a program available, once; loading it again does nothing.</summary>
    void Load(GpuProgram program);

    /// <summary>A kernel of a loaded program.</summary>
    IGpuKernel Kernel(string name);
}
