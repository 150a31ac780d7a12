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
    // When the chunks that wait were delivered, so that an onlooker sees the age of the oldest without the ring's lock: the time goes in
    // before the count, and a place is written again only when its chunk was taken.
    private readonly long[] _deliveredAt;
    private long _written;
    private long _taken;
    private volatile bool _completed;

    /// <summary>An empty ring for the chunks of a pool of <paramref name="capacity"/>.</summary>
    public DataRing(int capacity)
    {
        _fill = BucketCounts.PowersOfTwo(capacity);
        _deliveredAt = new long[capacity];
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
    public int Level => (int)Math.Max(0, Volatile.Read(ref _written) - Volatile.Read(ref _taken));

    /// <summary>What the metrics say of it.</summary>
    public RingReading Read() => new(Level, _fill.Read(), _dwell.Read()) { OldestAge = OldestAge() };

    /// <summary>Hands over a chunk that is held for this ring.</summary>
    public void Write(Chunk chunk)
    {
        // Before the sink has it, who may give it back at once.
        Volatile.Write(ref _deliveredAt[Volatile.Read(ref _written) % _deliveredAt.Length], chunk.EmittedAt);
        if (!_channel.Writer.TryWrite(chunk))
        {
            chunk.Release();
            return;
        }
        Interlocked.Increment(ref _written);
        _sink.Wake();
    }

    /// <summary>The oldest waiting chunk, or null.</summary>
    public Chunk? TryTake()
    {
        if (!_channel.Reader.TryRead(out Chunk? chunk)) return null;
        Interlocked.Increment(ref _taken);
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
        _fill.Add(Math.Max(0, Volatile.Read(ref _written) - Interlocked.Increment(ref _taken)) + 1);
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

    private TimeSpan OldestAge()
    {
        long taken = Volatile.Read(ref _taken);
        return taken >= Volatile.Read(ref _written) ? TimeSpan.Zero
            : Stopwatch.GetElapsedTime(Volatile.Read(ref _deliveredAt[taken % _deliveredAt.Length]));
    }
}

/// <summary>What the metrics say of a data ring at one moment.</summary>
/// <param name="Waiting">Chunks that wait for the sink.</param>
/// <param name="Fill">Chunks that waited whenever the sink took one, that one included.</param>
/// <param name="Dwell">How long the chunks that the sink took had waited for it, in microseconds.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record RingReading(int Waiting, BucketReading Fill, BucketReading Dwell)
{
    /// <summary>How long the oldest chunk that waits has waited; zero while none does.</summary>
    public TimeSpan OldestAge { get; init; }
}
