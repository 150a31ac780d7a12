namespace Recv.Sinks.Gpu;

/// <summary>What a device is.</summary>
/// <param name="Kind">Which driver it has.</param>
/// <param name="Index">Its number, as in <c>--sink cuda:INDEX</c>.</param>
/// <param name="Name">As the vendor calls it.</param>
/// <param name="Driver">Library or driver with its version.</param>
/// <param name="MemoryBytes">Memory of the device.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuProperties(GpuKind Kind, int Index, string Name, string Driver, long MemoryBytes)
{
    /// <summary>As the user names it: <c>cuda:0</c>.</summary>
    public string Address => $"{Kind.Word()}:{Index}";

    /// <summary>What the driver lacks that the kernels need, and what to do; null if it will do.</summary>
    public string? Lacks { get; init; }
}
