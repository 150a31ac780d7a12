using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>A receiver that takes part in a comparison.</summary>
internal interface IContender
{
    /// <summary>For tables.</summary>
    string Name { get; }

    /// <summary>Starts it and returns when datagrams may come.</summary>
    IRunningReceiver Start(Link link);
}

/// <summary>A receiver at work, in a process that ends with it.</summary>
internal interface IRunningReceiver : IDisposable
{
    /// <summary>Waits until the feed has been silent for a second, then stops it.</summary>
    ReceiveResult Finish();
}
