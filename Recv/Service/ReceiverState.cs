namespace Recv.Service;

/// <summary>How far a receiver has come.</summary>
public enum ReceiverState
{
    /// <summary>Everything is allocated, nothing is open.</summary>
    Built,

    /// <summary>The sources are open and the threads run.</summary>
    Running,

    /// <summary>Somebody asked it to stop.</summary>
    Stopping,

    /// <summary>All streams have ended.</summary>
    Ended,
}
