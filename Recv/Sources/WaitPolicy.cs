namespace Recv.Sources;

/// <summary>What a receive thread does while its sockets are empty. WAITING.md says what each costs.</summary>
public enum WaitPolicy
{
    /// <summary>Sleeps a fraction of a millisecond, so that a batch collects, as long as that pays; blocks when the feed
    /// is slow.</summary>
    Nap,

    /// <summary>Blocks in the kernel until a datagram comes.</summary>
    Block,

    /// <summary>Has the kernel poll the card's queue (SO_BUSY_POLL) for a millisecond, then blocks.</summary>
    BusyPoll,

    /// <summary>Asks again and again and never gives up the core.</summary>
    Spin,
}
