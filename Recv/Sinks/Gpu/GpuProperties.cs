namespace Recv.Sinks.Gpu;

/// <summary>What a device is.</summary>
/// <param name="Kind">Which implementation.</param>
/// <param name="Index">Its number, as in <c>--sink cuda:INDEX</c>.</param>
/// <param name="Name">As the vendor calls it.</param>
/// <param name="Driver">Library or driver with its version.</param>
/// <param name="MemoryBytes">Memory of the device.</param>
/// <param name="PageLocks">Whether <see cref="IGpuDevice.Register"/> does something.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuProperties(GpuKind Kind, int Index, string Name, string Driver, long MemoryBytes, bool PageLocks)
{
    /// <summary>As the user names it: <c>cuda:0</c>.</summary>
    public string Address => $"{Kind.Word()}:{Index}";

    /// <summary>Memory bandwidth in bytes per second that the vendor promises; 0 when unknown.</summary>
    public double MemoryBandwidth { get; init; }

    /// <summary>
    /// Whether the work items of a group run one after the other on a core, as on a processor; kernels whose items share a result
    /// then do best in groups of one.
    /// </summary>
    public bool IsProcessor { get; init; }
}
