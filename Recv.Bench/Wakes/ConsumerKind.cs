namespace Recv.Bench.Wakes;

/// <summary>How a consumer gets chunks.</summary>
internal enum ConsumerKind
{
    /// <summary>It asks without end.</summary>
    Spins,

    /// <summary>It waits, as a sink's thread does.</summary>
    Waits,

    /// <summary>It awaits: a sink's thread waits, and hands over to a loop with <c>await foreach</c>.</summary>
    Awaits,
}
