using System.Runtime.InteropServices;

namespace Recv.Sources.Shim;

/// <summary>The functions of a loaded library (recv_shim.h).</summary>
/// <remarks>
/// <b>Threading:</b> as recv_shim.h says. A library stays loaded until the process ends: what it has started may still run.
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class ShimLibrary
{
    /// <summary>RECV_SHIM_ABI of the header that this was written for.</summary>
    public const uint Abi = 1;

    public const uint Truncated = 1;
    public const uint Fragment = 2;
    public const uint BadLength = 4;
    public const int End = -1;
    public const int Error = -2;

    /// <summary>recv_shim_packet.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Packet
    {
        public byte* Data;
        public uint Length;
        public uint Flags;
        public long ArrivalNanoseconds;
    }

    /// <summary>recv_shim_counts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Counts
    {
        public ulong Dropped;
        public ulong Skipped;
        public ulong BufferBytes;
        public fixed ulong Reserved[5];
    }

    private readonly delegate* unmanaged<byte*, byte*, nuint, void*> _open;
    private readonly delegate* unmanaged<void*, Packet*, uint, int, int> _poll;
    private readonly delegate* unmanaged<void*, void> _release;
    private readonly delegate* unmanaged<void*, void> _wake;
    private readonly delegate* unmanaged<void*, Counts*, void> _stats;
    private readonly delegate* unmanaged<void*, byte*> _error;
    private readonly delegate* unmanaged<void*, void> _close;

    /// <summary>Loads a library.</summary>
    /// <param name="library">Path, or a name that the system's loader finds.</param>
    /// <param name="text">The source as the user wrote it, for messages.</param>
    /// <exception cref="RecvException">There is none, or it is no shim of this version (exit code 3).</exception>
    public ShimLibrary(string library, string text)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
            throw RecvException.HostRefused($"source '{text}': cannot load {library}: {WhyNot(library)}");
        var abi = (delegate* unmanaged<uint>)Find(handle, "recv_shim_abi", text);
        uint version = abi();
        if (version != Abi)
            throw RecvException.HostRefused(
                $"source '{text}': {library} was compiled for version {version} of recv_shim.h, this is {Abi}; compile it again");
        _open = (delegate* unmanaged<byte*, byte*, nuint, void*>)Find(handle, "recv_shim_open", text);
        _poll = (delegate* unmanaged<void*, Packet*, uint, int, int>)Find(handle, "recv_shim_poll", text);
        _release = (delegate* unmanaged<void*, void>)Find(handle, "recv_shim_release", text);
        _wake = (delegate* unmanaged<void*, void>)Find(handle, "recv_shim_wake", text);
        _stats = (delegate* unmanaged<void*, Counts*, void>)Find(handle, "recv_shim_stats", text);
        _error = (delegate* unmanaged<void*, byte*>)Find(handle, "recv_shim_error", text);
        _close = (delegate* unmanaged<void*, void>)Find(handle, "recv_shim_close", text);
    }

    public void* Open(byte* config, byte* error, int errorBytes) => _open(config, error, (nuint)errorBytes);

    public int Poll(void* shim, Packet* packets, int max, int milliseconds) => _poll(shim, packets, (uint)max, milliseconds);

    public void Release(void* shim) => _release(shim);

    public void Wake(void* shim) => _wake(shim);

    public Counts Stats(void* shim)
    {
        Counts counts = default;
        _stats(shim, &counts);
        return counts;
    }

    public string LastError(void* shim) => Marshal.PtrToStringUTF8((nint)_error(shim)) ?? "it does not say why";

    public void Close(void* shim) => _close(shim);

    private static nint Find(nint handle, string name, string text) => NativeLibrary.TryGetExport(handle, name, out nint address)
        ? address
        : throw RecvException.HostRefused($"source '{text}': the library has no function {name}; it is not a shim (see recv_shim.h)");

    private static string WhyNot(string library)
    {
        // The loader looks for a bare name in its own folders, for a path just there.
        bool isPath = library.Contains('/', StringComparison.Ordinal);
        if (isPath && !File.Exists(library)) return "No such file; check the path";
        try
        {
            NativeLibrary.Load(library);
            return "try again";
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            return LoadFailure.Explain(library, failure.Message);
        }
    }
}
