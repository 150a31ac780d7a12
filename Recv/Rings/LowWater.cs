namespace Recv.Rings;

/// <summary>The lowest of the values of the last minute, so that a dip between two looks is seen.</summary>
/// <remarks>
/// <para>Six slots of ten seconds: what is told covers the last 50 to 60 seconds.</para>
/// <para><b>Threading:</b> one thread at a time notes, any reads; no locks.</para>
/// </remarks>
[ReceivePath]
public sealed class LowWater
{
    private const int Slots = 6;
    private const int SlotMilliseconds = 10_000;

    // Slot number in the upper half, lowest value in the lower: one word, so that a reader never sees one without the other.
    private readonly long[] _slots = [.. Enumerable.Repeat(-1L, Slots)];

    /// <summary>A value and its time.</summary>
    /// <param name="value">At least 0.</param>
    /// <param name="milliseconds">Of a clock that never goes back, such as <see cref="Environment.TickCount64"/>.</param>
    public void Note(int value, long milliseconds)
    {
        long slot = milliseconds / SlotMilliseconds;
        ref long entry = ref _slots[slot % Slots];
        if (entry >> 32 != slot || value < (int)entry) Volatile.Write(ref entry, slot << 32 | (uint)value);
    }

    /// <summary>The lowest value of the last minute and now.</summary>
    public int Lowest(int current, long milliseconds)
    {
        long slot = milliseconds / SlotMilliseconds;
        int lowest = current;
        for (int i = 0; i < Slots; i++)
        {
            long entry = Volatile.Read(ref _slots[i]);
            if (entry >= 0 && slot - (entry >> 32) < Slots) lowest = Math.Min(lowest, (int)entry);
        }
        return lowest;
    }
}
