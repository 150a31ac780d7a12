namespace Recv.Ledger;

/// <summary>The statistics of a stream, with the names and meanings of spead2; the layout's own follow
/// <see cref="FirstOfLayout"/>.</summary>
public enum StreamStatistic
{
    /// <summary>Heaps that ended: complete, evicted or flushed, whatever became of them.</summary>
    Heaps,

    /// <summary>Incomplete heaps that lost their slot to a new heap.</summary>
    IncompleteHeapsEvicted,

    /// <summary>Incomplete heaps at the end of the stream.</summary>
    IncompleteHeapsFlushed,

    /// <summary>Datagrams that decode as SPEAD packets.</summary>
    Packets,

    /// <summary>Batches of datagrams.</summary>
    Batches,

    /// <summary>Most datagrams in a batch.</summary>
    MaxBatch,

    /// <summary>Packets that are a whole heap by themselves.</summary>
    SinglePacketHeaps,

    /// <summary>Times that the receive thread had to wait for a free chunk.</summary>
    WorkerBlocked,

    /// <summary>Heaps behind the window, at their first packet or at completion.</summary>
    TooOldHeaps,

    /// <summary>Heaps that the layout did not place.</summary>
    RejectedHeaps,

    /// <summary>The layout's first own statistic.</summary>
    FirstOfLayout,
}
