using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Memory;

/// <summary>
/// A block of zeroed memory outside the GC heap, page-aligned, mapped once and unmapped once.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> the block is plain memory: whoever shares it says who writes. <see cref="SafeHandle.Dispose()"/>
/// once, after the last user.</para>
/// <para><b>Owns:</b> the mapping. Pointers and spans are lent and must not outlive the block.</para>
/// </remarks>
[ReceivePath]
public sealed unsafe class NativeBlock : SafeHandle
{
    private static long _allMapped;
    private readonly long _mapped;

    private NativeBlock(nint address, long mapped, long length) : base(0, ownsHandle: true)
    {
        SetHandle(address);
        _mapped = mapped;
        Length = length;
        GC.AddMemoryPressure(mapped);
        Interlocked.Add(ref _allMapped, mapped);
    }

    /// <summary>Bytes that all blocks of the process have mapped now: constant in a receiver that runs.</summary>
    public static long AllMappedBytes => Volatile.Read(ref _allMapped);

    /// <summary>Usable bytes.</summary>
    public long Length { get; }

    /// <summary>First byte of the block; lent.</summary>
    public byte* Pointer => (byte*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// Maps <paramref name="length"/> zeroed bytes. Transparent huge pages are asked for, and taken where the kernel has them:
    /// chunk placement touches memory far apart, and small pages cost a TLB miss for each.
    /// </summary>
    /// <param name="length">Bytes, at least 1.</param>
    /// <param name="purpose">What the memory is for; part of the error message.</param>
    /// <param name="options">Of what kind; <see cref="MemoryOptions.Default"/> if null.</param>
    /// <exception cref="RecvException">The host has not got that much memory, or not of that kind (exit code 3).</exception>
    public static NativeBlock Allocate(long length, string purpose, MemoryOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        // With overcommit the kernel promises anything and kills the process later: look first.
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (length > available)
            throw OutOfMemory(length, purpose, $"the process may use {available / (1024 * 1024)} MiB");
        options ??= MemoryOptions.Default;
        long mapped = length;
        nint address = Mapping.Map(ref mapped, options);
        if (address == Libc.MAP_FAILED)
        {
            int error = Marshal.GetLastPInvokeError();
            throw options.HugePages ? HugePagePool.Missing(HugePagePool.PagesFor(length), purpose)
                : OutOfMemory(length, purpose, Libc.Describe(error));
        }
        var block = new NativeBlock(address, mapped, length);
        try
        {
            Mapping.Prefer(options.Node, address, mapped);
            if (options.Locked) Mapping.Lock(address, mapped, purpose);
        }
        catch
        {
            block.Dispose();
            throw;
        }
        return block;
    }

    /// <summary>
    /// Maps a block whose last byte is followed by an inaccessible page, so that a read or write past the end ends the
    /// process. For tests: it proves that hostile packets stay inside their buffers.
    /// </summary>
    public static NativeBlock AllocateGuarded(long length)
    {
        nuint usable = (nuint)(length + PageMask & ~PageMask);
        nuint mapped = usable + (nuint)(PageMask + 1);
        nint address = Libc.mmap(0, mapped, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (address == Libc.MAP_FAILED || Libc.mprotect(address + (nint)usable, (nuint)(PageMask + 1), Libc.PROT_NONE) != 0)
            throw OutOfMemory(length, "guarded memory", Libc.Describe(Marshal.GetLastPInvokeError()));
        return new NativeBlock(address, (long)mapped, (long)usable);
    }

    /// <summary>A view on <paramref name="length"/> bytes from <paramref name="offset"/>; lent.</summary>
    public Span<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return new Span<byte>(Pointer + offset, length);
    }

    /// <summary>Touches every page, so that the first packet does not pay for the page fault.</summary>
    public void Prefault()
    {
        for (long at = 0; at < Length; at += PageMask + 1) Volatile.Write(ref Pointer[at], Pointer[at]);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        GC.RemoveMemoryPressure(_mapped);
        Interlocked.Add(ref _allMapped, -_mapped);
        return Libc.munmap(handle, (nuint)_mapped) == 0;
    }

    private const long PageMask = Mapping.PageBytes - 1;

    private static RecvException OutOfMemory(long length, string purpose, string why)
    {
        FormattableString refused = $"cannot allocate {length / (1024.0 * 1024):F1} MiB for {purpose}: {why}";
        string text = FormattableString.Invariant(refused);
        return RecvException.SettingRefused($"{text}; ask for less ({Setting.Chunks}, {Setting.MaxChunks}, the layout's chunk size)");
    }
}
