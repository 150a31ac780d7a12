using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Support.Gpu;

/// <summary>
/// A <c>libcuda.so.1</c> without a GPU: built with gcc from <c>Sinks/Gpu/FakeCuda</c> and the kernels' own sources. It records
/// every call, does the work on the processor, and fails when told to.
/// </summary>
/// <remarks><b>Threading:</b> any thread. Each object is a driver of its own. <b>Owns:</b> its copy of the library on disk.</remarks>
internal sealed unsafe class FakeCuda : IDisposable
{
    private static readonly Lazy<byte[]> Built = new(Build);

    private readonly TemporaryFile _file = new(Built.Value);
    private readonly nint _library;

    public FakeCuda()
    {
        Library = CudaLibrary.TryLoad(_file.Path) ?? throw new InvalidOperationException($"cannot load {_file.Path}");
        _library = NativeLibrary.Load(_file.Path);
    }

    /// <summary>To make devices of.</summary>
    public CudaLibrary Library { get; }

    /// <summary>Memory, streams, events, modules, registrations and contexts that nobody has given back.</summary>
    public int Live => ((delegate* unmanaged<int>)Export("fake_live"))();

    /// <summary>The calls since the last time, each with its arguments.</summary>
    public string[] TakeLog()
    {
        var log = (delegate* unmanaged<byte*, nuint, nuint>)Export("fake_log");
        byte[] text = new byte[(int)log(null, 0) + 4096];
        fixed (byte* into = text) return Encoding.UTF8.GetString(text, 0, (int)log(into, (nuint)text.Length)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The call of that name after so many more of them fails, and all later ones if for good.</summary>
    public void Fail(string call, int code, int after = 0, bool forGood = false)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + "\0")) ((delegate* unmanaged<byte*, int, int, int, void>)Export("fake_fail"))(name, after, code, forGood ? 1 : 0);
    }

    /// <summary>Calls of that name do not return any more, until <see cref="HangNoMore"/>.</summary>
    public void Hang(string call)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + "\0")) ((delegate* unmanaged<byte*, void>)Export("fake_hang"))(name);
    }

    /// <summary>Lets go what hangs.</summary>
    public void HangNoMore() => Hang("");

    /// <summary>While held no stream works.</summary>
    public void Hold(bool hold) => ((delegate* unmanaged<int, void>)Export("fake_hold"))(hold ? 1 : 0);

    /// <summary>GPUs and the memory of each.</summary>
    public void Set(int devices, long memoryBytes) => ((delegate* unmanaged<int, nuint, void>)Export("fake_set"))(devices, (nuint)memoryBytes);

    // Not unloaded: threads of its streams may be in it.
    public void Dispose() => _file.Dispose();

    /// <summary>Puts a driver into a folder, for a process of its own that looks for libraries there.</summary>
    public static void Install(string folder) => File.WriteAllBytes(Path.Combine(folder, CudaLibrary.Usual), Built.Value);

    /// <summary>Why it cannot be built here; null when it can.</summary>
    public static string? Missing()
    {
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

    private static byte[] Build()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recv-fake-cuda-");
        try
        {
            string sources = Path.Combine(AppContext.BaseDirectory, "Sinks", "Gpu");
            foreach (string file in (string[])["FakeCuda/fake_cuda.c", "FakeCuda/kernels.h", "Samples/peak.cl"])
                File.Copy(Path.Combine(sources, file), Path.Combine(folder.FullName, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(folder.FullName, "first_stage.cl"), FirstStageProgram.Instance.OpenCl);
            File.WriteAllText(Path.Combine(folder.FullName, "channelise.cl"), ChanneliserProgram.Instance.OpenCl);
            Compile(folder.FullName);
            return File.ReadAllBytes(Path.Combine(folder.FullName, "fake.so"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compile(string folder)
    {
        var start = new ProcessStartInfo("gcc") { WorkingDirectory = folder, RedirectStandardError = true };
        foreach (string argument in "-shared -fPIC -O2 -fvisibility=hidden -pthread -o fake.so fake_cuda.c".Split(' ')) start.ArgumentList.Add(argument);
        using Process gcc = Process.Start(start)!;
        string errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        if (gcc.ExitCode != 0) throw new InvalidOperationException($"gcc cannot build the fake driver: {errors}");
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
