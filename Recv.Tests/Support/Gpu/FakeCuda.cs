using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Recv.Sinks.Gpu;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Support.Gpu;

/// <summary>
/// A <c>libcuda.so.1</c> without a GPU: built with gcc from <c>Sinks/Gpu/FakeCuda</c>. It records every call, makes the copies, and fails
/// when told to.
/// </summary>
/// <remarks><b>Threading:</b> any thread, but a process has one driver: tests that use it are of the collection
/// <see cref="FakeCudaCollection"/>. <b>Owns:</b> what the driver is told; it is forgotten in the end.</remarks>
internal sealed unsafe class FakeCuda : IDisposable
{
    private static readonly Lazy<byte[]> Built = new(Build);

    // On disk until the process ends: it is loaded late.
    private static readonly Lazy<nint> Loaded = new(() =>
    {
        GpuLibraries.Cuda = new TemporaryFile(Built.Value).Path;
        return NativeLibrary.Load(GpuLibraries.Cuda);
    });

    private readonly int _before;

    public FakeCuda()
    {
        _ = Loaded.Value;
        Forget();
        TakeLog();
        _before = AllLive;
    }

    /// <summary>Memory, streams, modules, registrations and contexts that nobody has given back.</summary>
    public int Live => AllLive - _before;

    private static int AllLive => ((delegate* unmanaged<int>)Export("fake_live"))();

    public static GpuDevice Open() => GpuDevices.Open(GpuKind.Cuda);

    /// <summary>The calls since the last time, each with its arguments.</summary>
    public string[] TakeLog()
    {
        var log = (delegate* unmanaged<byte*, nuint, nuint>)Export("fake_log");
        byte[] text = new byte[(int)log(null, 0) + (64 << 10)];
        fixed (byte* into = text) return Encoding.UTF8.GetString(text, 0, (int)log(into, (nuint)text.Length))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The call of that name, <c>*</c> for any, after so many more of them fails, and all later ones if for good.</summary>
    public void Fail(string call, int code, int after = 0, bool forGood = false)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + "\0")) ((delegate* unmanaged<byte*, int, int, int, void>)Export("fake_fail"))(
            name, after, code, forGood ? 1 : 0);
    }

    /// <summary>Calls of that name do not return any more, until <see cref="HangNoMore"/>.</summary>
    public void Hang(string call)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + "\0")) ((delegate* unmanaged<byte*, void>)Export("fake_hang"))(name);
    }

    /// <summary>Lets go what hangs.</summary>
    public void HangNoMore() => Hang("");

    /// <summary>While held no stream works.</summary>
    public void Hold(bool hold) => Tell("fake_hold", hold);

    /// <summary>While held no stream gets past a kernel.</summary>
    public void HoldLaunches(bool hold) => Tell("fake_hold_launches", hold);

    /// <summary>GPUs and the memory of each.</summary>
    public void Set(int devices, long memoryBytes) =>
        ((delegate* unmanaged<int, nuint, void>)Export("fake_set"))(devices, (nuint)memoryBytes);

    public void Dispose() => Forget();

    /// <summary>Puts a driver into a folder, for a process of its own that looks for libraries there.</summary>
    public static void Install(string folder) => File.WriteAllBytes(Path.Combine(folder, "libcuda.so.1"), Built.Value);

    /// <summary>Why it cannot be used here; null when it can.</summary>
    public static string? Missing()
    {
        if (NativeLibrary.TryLoad("libcuda.so.1", out _)) return "a CUDA driver is installed, and a process has one only";
        if (ToolFactAttribute.Find("gcc") is null) return "gcc is not installed";
        try
        {
            return Built.Value.Length > 0 ? null : "gcc made nothing";
        }
        catch (InvalidOperationException failure)
        {
            return failure.Message;
        }
    }

    private void Forget()
    {
        HangNoMore();
        Hold(false);
        HoldLaunches(false);
        Fail("", 0);
        Set(devices: 1, 256 << 20);
    }

    private static byte[] Build()
    {
        using var made = new TemporaryFile([]);
        var start = new ProcessStartInfo("gcc") { RedirectStandardError = true };
        string source = Path.Combine(AppContext.BaseDirectory, "Sinks", "Gpu", "FakeCuda", "fake_cuda.c");
        foreach (string argument in (string[])["-shared", "-fPIC", "-O2", "-fvisibility=hidden", "-pthread", "-o", made.Path,
            source]) start.ArgumentList.Add(argument);
        using Process gcc = Process.Start(start)!;
        string errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return gcc.ExitCode == 0 ? File.ReadAllBytes(made.Path)
            : throw new InvalidOperationException($"gcc cannot build the fake driver: {errors}");
    }

    private static void Tell(string function, bool value) => ((delegate* unmanaged<int, void>)Export(function))(value ? 1 : 0);

    private static nint Export(string name) => NativeLibrary.GetExport(Loaded.Value, name);
}

/// <summary>Tests of the fake driver, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FakeCudaCollection
{
    public const string Name = "Fake CUDA";
}
