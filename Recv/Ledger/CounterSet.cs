namespace Recv.Ledger;

/// <summary>Counters that one thread writes freely and publishes from time to time, and any thread reads as one consistent set.</summary>
/// <remarks>
/// <b>Threading:</b> the indexer and <see cref="Publish"/> belong to the writer; <see cref="Read"/> to everybody. A sequence
/// number, odd while the writer copies, tells a reader to look again, so neither side ever waits for the other.
/// </remarks>
[ReceivePath]
public sealed class CounterSet(int length)
{
    private readonly long[] _live = new long[length];
    private readonly long[] _published = new long[length];
    private long _sequence;

    /// <summary>Counters.</summary>
    public int Length => _live.Length;

    /// <summary>The writer's own value.</summary>
    public ref long this[int index] => ref _live[index];

    /// <summary>Makes the writer's values visible; once per batch.</summary>
    public void Publish()
    {
        Volatile.Write(ref _sequence, _sequence + 1);
        // Volatile stores keep their order: no value may become visible before the odd sequence number.
        for (int i = 0; i < _live.Length; i++) Volatile.Write(ref _published[i], _live[i]);
        Volatile.Write(ref _sequence, _sequence + 1);
    }

    /// <summary>Copies the values of one publication.</summary>
    public void Read(Span<long> values)
    {
        SpinWait spin = default;
        while (true)
        {
            long before = Volatile.Read(ref _sequence);
            if ((before & 1) == 0)
            {
                for (int i = 0; i < _published.Length; i++) values[i] = Volatile.Read(ref _published[i]);
                if (Volatile.Read(ref _sequence) == before) return;
            }
            spin.SpinOnce();
        }
    }
}
