namespace Recv.Tests.Model;

/// <summary>The last chunks of one stream, those it may still write; it only moves forward.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ModelWindow(int maxChunks)
{
    private readonly List<ModelChunk> _chunks = [];

    /// <summary>The oldest chunk that may still be written.</summary>
    public long Head { get; private set; }

    private long End => Head + _chunks.Count;

    /// <summary>Moves the window so that <paramref name="id"/> is in it; false when it is too old.</summary>
    public bool Reach(long id, Func<long, ModelChunk> open)
    {
        if (id < Head) return false;
        if (id >= End + maxChunks)
        {
            _chunks.Clear();
            Head = id - (maxChunks - 1);
        }
        while (id >= End)
        {
            if (_chunks.Count == maxChunks)
            {
                _chunks.RemoveAt(0);
                Head++;
            }
            _chunks.Add(open(End));
        }
        return true;
    }

    /// <summary>The chunk, if it is in the window.</summary>
    public ModelChunk? Find(long id) => id >= Head && id < End ? _chunks[(int)(id - Head)] : null;

    /// <summary>Moves past everything.</summary>
    public void Flush()
    {
        _chunks.Clear();
        Head = long.MaxValue;
    }
}
