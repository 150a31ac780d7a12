using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Iterate;

/// <summary>A sink whose chunks are read with <c>await foreach</c>.</summary>
/// <remarks>
/// <para>One chunk is out at a time: the sink takes the next from its ring when the loop asks for it. Chunks that wait
/// stay in the ring, and when
/// the loop is too slow, the overrun policy decides which of them are lost: <c>block</c> makes the receiver wait for the
/// loop. As the first sink,
/// observers (sensors, statistics) have seen exactly the chunks that the loop got, each just before it.</para>
/// <para>A chunk is the loop's until it asks for the next one or ends; then it is released, by the iterator
/// (<see cref="ReleasesChunks"/>) or by the
/// loop itself. Absent heaps and their extra read as zeros. Chunks with nothing in them are not shown.</para>
/// <para><b>Threading:</b> one loop at a time, on any threads. Until one begins, chunks wait for it. Once one has ended
/// early, chunks are let go
/// unseen until another begins. <b>Owns:</b> nothing but the chunk that is out.</para>
/// </remarks>
public sealed class ChunkIterator : IChunkSink
{
    private readonly Channel<Chunk> _out = Channel.CreateBounded<Chunk>(1);
    private readonly SemaphoreSlim _moved = new(0);
    private readonly Lock _turning = new();
    private bool _reading;
    private bool _unwanted;
    private bool _abandoned;
    private long _chunks;

    /// <summary>Whether a chunk is released when the loop asks for the next; else the loop calls
    /// <see cref="Chunk.Release"/>, then or later.</summary>
    public bool ReleasesChunks { get; init; } = true;

    /// <inheritdoc/>
    public string Name => "iterate";

    /// <inheritdoc/>
    public bool HonoursMask => false;

    /// <inheritdoc/>
    public string Progress => $"iterate: {Volatile.Read(ref _chunks)} chunks";

    /// <summary>The chunks, in timestamp order, until the receiver ends.</summary>
    /// <param name="cancel">Ends the loop with <see cref="OperationCanceledException"/>; the receiver goes on.</param>
    /// <exception cref="InvalidOperationException">Another loop is reading.</exception>
    public async IAsyncEnumerable<Chunk> ReadAllAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        Begin();
        try
        {
            while (await _out.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
            {
                if (!_out.Reader.TryRead(out Chunk? chunk)) continue;
                try
                {
                    yield return chunk;
                }
                finally
                {
                    // Though it throws when the loop has released what was not its own: the sink must not wait for ever.
                    try
                    {
                        if (ReleasesChunks) chunk.Release();
                    }
                    finally
                    {
                        _moved.Release();
                    }
                }
                cancel.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            End();
        }
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        lock (_turning)
        {
            if (_unwanted || _abandoned || chunk.PresentCount == 0)
            {
                chunk.Release();
                return;
            }
            Volatile.Write(ref _chunks, _chunks + 1);
            _out.Writer.TryWrite(chunk);
        }
        _moved.Wait();
    }

    /// <inheritdoc/>
    public void Finish() => _out.Writer.TryComplete();

    /// <summary>
    /// Nobody waits for a loop any more, whether it has begun or not. One that reads keeps the chunk in hand by the usual rules,
    /// gets no other, and ends with its next turn.
    /// </summary>
    public void Abandon()
    {
        lock (_turning)
        {
            _abandoned = true;
            LetGo();
            // For the chunk that the loop has in hand.
            _moved.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Abandon();
        Finish();
    }

    private void Begin()
    {
        lock (_turning)
        {
            if (_reading)
                throw new InvalidOperationException("a loop is reading these chunks already; give each loop a ChunkIterator of its own");
            _reading = true;
            _unwanted = false;
        }
    }

    private void End()
    {
        lock (_turning)
        {
            _reading = false;
            LetGo();
        }
    }

    private void LetGo()
    {
        _unwanted = true;
        if (!_out.Reader.TryRead(out Chunk? chunk)) return;
        chunk.Release();
        _moved.Release();
    }
}
