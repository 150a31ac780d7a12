using System.Runtime.InteropServices;
using Recv.Sinks.Gpu.Host;

namespace Recv.Sinks.Gpu;

/// <summary>
/// The arguments of a launch, in order. Made once and filled again for each launch: <c>arguments.Begin().Add(buffer).Add(5)</c>.
/// </summary>
/// <remarks><b>Threading:</b> one thread. Numbers have the kernel's sizes: int 4, long 8, float 4 bytes; a buffer is a pointer.</remarks>
public sealed class GpuArguments
{
    /// <summary>Most arguments of a kernel.</summary>
    public const int Most = 16;

    // Eight bytes each, little-endian, so that a shorter number begins where a longer one does. Pinned: drivers get pointers to it.
    private readonly long[] _values = GC.AllocateArray<long>(Most, pinned: true);
    private readonly IGpuBuffer?[] _buffers = new IGpuBuffer?[Most];
    private readonly byte[] _sizes = new byte[Most];

    /// <summary>Arguments so far.</summary>
    public int Count { get; private set; }

    /// <summary>Empties it.</summary>
    public GpuArguments Begin()
    {
        Count = 0;
        return this;
    }

    /// <summary>Adds a buffer: a pointer to <c>__global</c> memory.</summary>
    public GpuArguments Add(IGpuBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffers[Count] = buffer;
        return Put(0, (byte)nint.Size);
    }

    /// <summary>Adds an <c>int</c> or <c>uint</c>.</summary>
    public GpuArguments Add(int value) => PutNumber((uint)value, sizeof(int));

    /// <summary>Adds a <c>long</c>.</summary>
    public GpuArguments Add(long value) => PutNumber(value, sizeof(long));

    /// <summary>Adds a <c>float</c>.</summary>
    public GpuArguments Add(float value) => PutNumber(BitConverter.SingleToUInt32Bits(value), sizeof(float));

    /// <summary>Reads an <c>int</c>, in a kernel in C#.</summary>
    public int Int(int index) => (int)_values[Checked(index, sizeof(int))];

    /// <summary>Reads a <c>long</c>, in a kernel in C#.</summary>
    public long Long(int index) => _values[Checked(index, sizeof(long))];

    /// <summary>Reads a <c>float</c>, in a kernel in C#.</summary>
    public float Float(int index) => BitConverter.Int32BitsToSingle((int)_values[Checked(index, sizeof(float))]);

    /// <summary>The memory of a buffer, in a kernel in C#. Of more than 2 GiB only the beginning.</summary>
    public Span<T> Span<T>(int index) where T : unmanaged
    {
        HostBuffer buffer = HostBuffer(index);
        return MemoryMarshal.Cast<byte, T>(buffer.Span(0, (int)Math.Min(buffer.Bytes, int.MaxValue)));
    }

    /// <summary>The first byte of a buffer, in a kernel in C#; the kernel looks after its bounds.</summary>
    internal unsafe T* Pointer<T>(int index) where T : unmanaged => (T*)HostBuffer(index).Pointer;

    /// <summary>The buffer at <paramref name="index"/>, or null for a number.</summary>
    internal IGpuBuffer? Buffer(int index) => _buffers[index];

    /// <summary>Bytes of an argument.</summary>
    internal int Size(int index) => _sizes[index];

    /// <summary>Where an argument lies; pinned. A driver's pointer of a buffer is put here by its device before the launch.</summary>
    internal ref long Value(int index) => ref _values[index];

    /// <summary>Becomes equal to another.</summary>
    internal void CopyFrom(GpuArguments other)
    {
        Count = other.Count;
        other._values.AsSpan(0, Count).CopyTo(_values);
        other._buffers.AsSpan(0, Count).CopyTo(_buffers);
        other._sizes.AsSpan(0, Count).CopyTo(_sizes);
    }

    private GpuArguments PutNumber(long value, byte size)
    {
        _buffers[Count] = null;
        return Put(value, size);
    }

    private GpuArguments Put(long value, byte size)
    {
        _values[Count] = value;
        _sizes[Count] = size;
        Count++;
        return this;
    }

    private int Checked(int index, int size) => index < Count && _sizes[index] == size && _buffers[index] is null
        ? index
        : throw new InvalidOperationException($"argument {index} is no number of {size} bytes");

    private HostBuffer HostBuffer(int index) => index < Count && _buffers[index] is HostBuffer buffer
        ? buffer
        : throw new InvalidOperationException($"argument {index} is no buffer of the host");
}
