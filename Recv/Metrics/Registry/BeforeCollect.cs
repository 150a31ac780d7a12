using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Prometheus;

namespace Recv.Metrics.Registry;

/// <summary>Who brings the metrics of a registry up to date just before they are collected.</summary>
/// <remarks>
/// <para>The library has no way to take a callback out of a registry again. So a registry gets one, whoever comes and goes here, and what
/// has gone is not held.</para>
/// <para><b>Threading:</b> any thread; updates of a registry run one at a time.</para>
/// </remarks>
internal sealed class BeforeCollect
{
    private static readonly ConditionalWeakTable<CollectorRegistry, BeforeCollect> Registries = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Action> _updates = [];

    private BeforeCollect()
    {
    }

    /// <summary>Those of a registry.</summary>
    public static BeforeCollect Of(CollectorRegistry registry) => Registries.GetValue(registry, static registry =>
    {
        var updates = new BeforeCollect();
        registry.AddBeforeCollectCallback(updates.Update);
        return updates;
    });

    /// <summary>Adds an update, and runs it once.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="update">Must not call back here.</param>
    /// <returns>False if somebody has that key already.</returns>
    public bool TryAdd(object key, Action update)
    {
        lock (_lock)
        {
            if (_updates.ContainsKey(key)) return false;
            // One that cannot begin is not kept.
            update();
            _updates.Add(key, update);
            return true;
        }
    }

    /// <summary>Takes an update out, and runs <paramref name="last"/> instead: nobody collects in between.</summary>
    public void Remove(object key, Action last)
    {
        lock (_lock)
        {
            if (_updates.Remove(key)) last();
        }
    }

    // One that fails must not keep the others from their moment; the library writes the exception to the trace.
    private void Update()
    {
        ExceptionDispatchInfo? failure = null;
        lock (_lock)
        {
            foreach (Action update in _updates.Values)
            {
                try
                {
                    update();
                }
                catch (Exception error)
                {
                    failure ??= ExceptionDispatchInfo.Capture(error);
                }
            }
        }
        failure?.Throw();
    }
}
