using Recv.Bench.InMemory;

namespace Recv.Bench.Guard;

/// <summary>Reads the counters of a stream every millisecond, a thousand times as often as a scrape does.</summary>
/// <remarks><b>Threading:</b> a thread of its own, which ends with <see cref="Dispose"/>.</remarks>
internal sealed class CountersReader : IDisposable
{
    private readonly Thread _thread;
    private volatile bool _stop;

    /// <summary>Begins.</summary>
    public CountersReader(TrafficRun run)
    {
        _thread = new Thread(() =>
        {
            while (!_stop)
            {
                run.Counters?.Snapshot();
                Thread.Sleep(1);
            }
        })
        { IsBackground = true, Name = "counters reader" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }
}
