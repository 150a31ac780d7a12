using System.Security.Cryptography;
using System.Text;

namespace Recv.Sinks.Gpu;

/// <summary>
/// Kernels in the three languages that the devices speak: OpenCL C, PTX made from it (<c>Kernels/make-ptx</c>), and C#. A program may lack
/// some; it can then not be loaded on that kind of device.
/// </summary>
/// <param name="Name">For error messages.</param>
/// <param name="OpenCl">OpenCL C 1.2, or null.</param>
/// <param name="Ptx">The same kernels as PTX, or null.</param>
/// <param name="Host">The same kernels in C#, by name.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuProgram(string Name, string? OpenCl, string? Ptx, IReadOnlyDictionary<string, HostKernel> Host)
{
    /// <summary>Put before each OpenCL source by <c>make-ptx</c>, and by us: <see cref="OpenClWithPrelude"/>.</summary>
    internal static string Prelude { get; } = Resource("prelude.cl");

    /// <summary>What an OpenCL compiler gets.</summary>
    internal string? OpenClWithPrelude => OpenCl is null ? null : Prelude + OpenCl;

    /// <summary>SHA-256 of the source as <c>make-ptx</c> writes it into the PTX that it makes.</summary>
    public string SourceSha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(OpenClWithPrelude ?? "")));

    /// <summary>One of ours: <c>NAME.cl</c> and <c>NAME.ptx</c> of Sinks/Gpu/Kernels.</summary>
    internal static GpuProgram BuiltIn(string name, IReadOnlyDictionary<string, HostKernel> host) =>
        new(name, Resource(name + ".cl"), Resource(name + ".ptx"), host);

    private static string Resource(string file)
    {
        using Stream stream = typeof(GpuProgram).Assembly.GetManifestResourceStream("kernels/" + file)
            ?? throw new InvalidOperationException($"kernels/{file} is not in this build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A kernel in C#: the work of all groups, on one thread, in any order.</summary>
/// <param name="arguments">What it was launched with.</param>
/// <param name="groups">Groups.</param>
/// <param name="groupSize">Work items of a group.</param>
public delegate void HostKernel(GpuArguments arguments, int groups, int groupSize);
