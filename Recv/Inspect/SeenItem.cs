namespace Recv.Inspect;

/// <summary>What was seen of an item.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SeenItem(long id)
{
    public long Id { get; } = id;

    /// <summary>Heaps with it.</summary>
    public long Heaps { get; set; }

    /// <summary>Its values where they are in the pointer.</summary>
    public ValueSeries Values { get; } = new();

    /// <summary>Its bytes where they are in the payload.</summary>
    public ValueSeries Lengths { get; } = new();
}
