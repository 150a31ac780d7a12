namespace Recv.Tests.Model;

/// <summary>
/// Streams that fill the same chunks, lossless and on one thread: a chunk is emitted when all members have moved past it.
/// A stream alone is a group of one.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class ModelGroup
{
    private readonly SortedDictionary<long, ModelChunk> _open = [];
    private readonly List<ModelChunk> _emitted = [];
    private readonly ModelSettings _settings;

    /// <summary>A group with one member per layout.</summary>
    public ModelGroup(IEnumerable<ModelLayout> layouts, ModelSettings settings)
    {
        _settings = settings;
        Members = [.. layouts.Select(layout => new ModelReceiver(layout, settings, this))];
    }

    private ModelGroup(ModelReceiver only, ModelSettings settings)
    {
        _settings = settings;
        Members = [only];
    }

    /// <summary>The streams.</summary>
    public IReadOnlyList<ModelReceiver> Members { get; }

    /// <summary>Every emitted chunk in order, empty ones included.</summary>
    public IReadOnlyList<ModelChunk> Chunks => _emitted;

    /// <summary>Stops every member: live heaps are flushed, then the window is emitted.</summary>
    public void Stop()
    {
        foreach (ModelReceiver member in Members) member.Stop();
    }

    internal static ModelGroup Of(ModelReceiver only, ModelSettings settings) => new(only, settings);

    internal ModelChunk Open(long id, ModelLayout layout)
    {
        if (!_open.TryGetValue(id, out ModelChunk? chunk))
            _open.Add(id, chunk = new ModelChunk(id, layout, _settings.PacketPresenceBytes));
        return chunk;
    }

    /// <summary>A member's window has moved.</summary>
    internal void Moved()
    {
        long oldest = Members.Min(member => member.WindowHead);
        while (_open.Count > 0 && _open.First().Key < oldest)
        {
            (long id, ModelChunk chunk) = _open.First();
            _open.Remove(id);
            _emitted.Add(chunk);
            foreach ((ModelReceiver receiver, long datagrams) in chunk.Datagrams) receiver.Deliver(datagrams);
        }
    }
}
