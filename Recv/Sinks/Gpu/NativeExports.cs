using System.Runtime.InteropServices;

namespace Recv.Sinks.Gpu;

/// <summary>A driver's library and the functions in it.</summary>
/// <remarks>
/// Bound by hand rather than by LibraryImport because most machines have none of these libraries, and because the tests bind the
/// same code to a library of their own that records what it is asked. <b>Threading:</b> immutable. Never unloaded: drivers have threads.
/// </remarks>
internal sealed class NativeExports
{
    private readonly nint _library;

    private NativeExports(string path, nint library)
    {
        Path = path;
        _library = library;
    }

    /// <summary>As it was asked for.</summary>
    public string Path { get; }

    /// <summary>Loads a library; null when this host has none of that name.</summary>
    public static NativeExports? TryLoad(string path) =>
        NativeLibrary.TryLoad(path, out nint library) ? new NativeExports(path, library) : null;

    /// <summary>The address of a function.</summary>
    /// <exception cref="RecvException">The library is too old to have it (exit code 3).</exception>
    public nint this[string name] => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? address
        : throw RecvException.HostRefused($"{Path} has no {name}: the driver is too old; install a current one");
}
