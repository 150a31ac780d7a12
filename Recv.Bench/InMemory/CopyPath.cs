using Recv.Memory;

namespace Recv.Bench.InMemory;

/// <summary>How another processor would copy large payloads, and what makes a process of .NET 10 believe that it runs on one.</summary>
/// <param name="Name">As <see cref="PayloadCopy.Path"/> calls it.</param>
/// <param name="Without">Settings of the runtime, as in the environment; they hold for a process from its start.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record CopyPath(string Name, IReadOnlyList<string> Without)
{
    /// <summary>All of them, the widest first.</summary>
    public static IReadOnlyList<CopyPath> All { get; } =
    [
        new("AVX-512", []),
        new("AVX2", ["DOTNET_EnableAVX512=0"]),
        new("128-bit vectors", ["DOTNET_EnableAVX512=0", "DOTNET_EnableAVX2=0"]),
        new("memmove", ["DOTNET_EnableHWIntrinsic=0"]),
    ];

    /// <summary>The same as a user would type it.</summary>
    public override string ToString() => Without.Count == 0 ? Name : $"{Name} ({string.Join(' ', Without)})";
}
