namespace Recv.Memory;

/// <summary>What slabs and receive buffers are made of.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record MemoryOptions
{
    /// <summary>No NUMA node in particular.</summary>
    public const int AnyNode = -1;

    /// <summary>Transparent huge pages where the kernel has them, not locked, on any node.</summary>
    public static readonly MemoryOptions Default = new();

    /// <summary>Keep it in memory whatever happens (mlock). Refused where the limit is too low. Default false.</summary>
    public bool Locked { get; init; }

    /// <summary>Huge pages from the host's pool (vm.nr_hugepages), each block rounded up to whole ones. Refused when there are
    /// too few. Default false: transparent huge pages as far as the kernel gives them.</summary>
    public bool HugePages { get; init; }

    /// <summary>NUMA node to take memory from as long as it has any, or <see cref="AnyNode"/>. Default: any.</summary>
    public int Node { get; init; } = AnyNode;
}
