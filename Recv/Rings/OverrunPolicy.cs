namespace Recv.Rings;

/// <summary>What happens when a chunk is needed and the free ring is empty.</summary>
public enum OverrunPolicy
{
    /// <summary>The oldest chunk that a sink has not begun to read is taken back, from the fullest data ring. The newest data
    /// survives.</summary>
    DropOldest,

    /// <summary>The new chunk gets no storage; its heaps end as <c>overrun</c>. The oldest data survives.</summary>
    DropNewest,

    /// <summary>The receive thread waits for a sink: for replay and tests, where the source can wait too.</summary>
    Block,
}
