using System.Threading.Channels;
using Recv.Chunks;

namespace Recv.Rings;

/// <summary>Full chunks on their way to one sink. As long as the pool, so that writing never waits.</summary>
/// <remarks><b>Threading:</b> receive threads write, one sink reads; under <c>drop-oldest</c> a receive thread takes back from the reading end.</remarks>
public sealed class DataRing
{
    private readonly Channel<Chunk> _channel;

    /// <summary>An empty ring for the chunks of a pool of <paramref name="capacity"/>.</summary>
    public DataRing(int capacity)
    {
        _channel = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            // Or the sink would run on the receive thread.
            AllowSynchronousContinuations = false,
        });
        // The ring inside a channel grows as it fills: fill it once now, so that the receive thread never pays for it.
        for (int i = 0; i < capacity; i++) _channel.Writer.TryWrite(null!);
        while (_channel.Reader.TryRead(out _)) { }
    }

    /// <summary>Chunks that wait.</summary>
    public int Count => _channel.Reader.Count;

    /// <summary>Hands over a chunk that is held for this ring.</summary>
    public void Write(Chunk chunk)
    {
        if (!_channel.Writer.TryWrite(chunk)) chunk.Release();
    }

    /// <summary>The oldest waiting chunk, or null.</summary>
    public Chunk? TryTake() => _channel.Reader.TryRead(out Chunk? chunk) ? chunk : null;

    /// <summary>Waits for the next chunk; null after <see cref="Complete"/> when all are read.</summary>
    public Chunk? Take()
    {
        Chunk? chunk;
        while (!_channel.Reader.TryRead(out chunk))
        {
            if (!_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) return null;
        }
        return chunk;
    }

    /// <summary>No more chunks will come.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
