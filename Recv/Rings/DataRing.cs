using System.Diagnostics;
using System.Threading.Channels;
using Recv.Chunks;
using Recv.Ledger;
using Recv.Threads;

namespace Recv.Rings;

/// <summary>Full chunks on their way to one sink. As long as the pool, so that writing never waits.</summary>
/// <remarks><b>Threading:</b> receive threads write, one sink reads; under <c>drop-oldest</c> a receive thread takes back
/// from the reading end.</remarks>
[ReceivePath]
public sealed class DataRing
{
    private readonly Channel<Chunk> _channel;
    private readonly Parking _sink = new();
    private readonly Func<bool> _hasNews;
    private readonly BucketCounts _fill;
    private readonly BucketCounts _dwell = BucketCounts.Durations();
    private volatile bool _completed;
    private int _level;

    /// <summary>An empty ring for the chunks of a pool of <paramref name="capacity"/>.</summary>
    public DataRing(int capacity)
    {
        _fill = BucketCounts.PowersOfTwo(capacity);
        _channel = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
        _hasNews = () => _completed || _channel.Reader.Count > 0;
        // The ring inside a channel grows as it fills: fill it once now, so that the receive thread never pays for it.
        for (int i = 0; i < capacity; i++) _channel.Writer.TryWrite(null!);
        while (_channel.Reader.TryRead(out _)) { }
    }

    /// <summary>Whether the sink waits for a chunk.</summary>
    internal bool IsAwaited => _sink.IsOccupied;

    /// <summary>Chunks that wait. Exact, and takes the ring's lock.</summary>
    public int Count => _channel.Reader.Count;

    /// <summary>Chunks that wait, as of a moment ago, for onlookers: they must not hold a lock that a receive thread may want.</summary>
    public int Level => Math.Max(0, Volatile.Read(ref _level));

    /// <summary>What the metrics say of it.</summary>
    public RingReading Read() => new(Level, _fill.Read(), _dwell.Read());

    /// <summary>Hands over a chunk that is held for this ring.</summary>
    public void Write(Chunk chunk)
    {
        if (!_channel.Writer.TryWrite(chunk))
        {
            chunk.Release();
            return;
        }
        Interlocked.Increment(ref _level);
        _sink.Wake();
    }

    /// <summary>The oldest waiting chunk, or null.</summary>
    public Chunk? TryTake()
    {
        if (!_channel.Reader.TryRead(out Chunk? chunk)) return null;
        Interlocked.Decrement(ref _level);
        return chunk;
    }

    /// <summary>Waits for the next chunk; null after <see cref="Complete"/> when all are read. The sink's thread.</summary>
    public Chunk? Take()
    {
        Chunk? chunk;
        while (!_channel.Reader.TryRead(out chunk))
        {
            // What was written before the end is read after it.
            if (_completed && _channel.Reader.Count == 0) return null;
            _sink.WaitUntil(_hasNews);
        }
        _fill.Add(Math.Max(0, Interlocked.Decrement(ref _level)) + 1);
        _dwell.Add((long)Stopwatch.GetElapsedTime(chunk.EmittedAt).TotalMicroseconds);
        return chunk;
    }

    /// <summary>No more chunks will come.</summary>
    public void Complete()
    {
        _channel.Writer.TryComplete();
        _completed = true;
        _sink.Wake();
    }
}

/// <summary>What the metrics say of a data ring at one moment.</summary>
/// <param name="Waiting">Chunks that wait for the sink.</param>
/// <param name="Fill">Chunks that waited whenever the sink took one, that one included.</param>
/// <param name="Dwell">How long the chunks that the sink took had waited for it, in microseconds.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record RingReading(int Waiting, BucketReading Fill, BucketReading Dwell);
