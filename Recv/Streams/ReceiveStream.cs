using Recv.Chunks;
using Recv.Layouts;
using Recv.Layouts.Code;
using Recv.Ledger;
using Recv.Memory;
using Recv.Sources;
using Recv.Streams.Time;

namespace Recv.Streams;

/// <summary>
/// Datagrams to chunks: decoder, live heaps, layout and window of one stream. <see cref="ReceiveStream{TLayout, TCopy}"/> is the one
/// implementation; this is what the rest of the house sees of it.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> one receive thread calls everything; <see cref="Counters"/> may be read by any.</para>
/// <para><b>Owns:</b> the live heaps and the chunks in its window.</para>
/// </remarks>
public abstract class ReceiveStream : IDisposable
{
    /// <summary>Statistics and ledger.</summary>
    public abstract StreamCounters Counters { get; }

    /// <summary>How it is doing now.</summary>
    public StreamGauges Gauges { get; } = new();

    /// <summary>True once a stop item has ended the stream; later datagrams are <c>after_stop</c>.</summary>
    public abstract bool Stopped { get; }

    /// <summary>Compiles what packets go through, before the first of them comes.</summary>
    internal abstract void Precompile();

    /// <summary>Receives one batch and publishes the counters. Allocates nothing.</summary>
    public abstract void Process(ReadOnlySpan<Datagram> batch);

    /// <summary>Emits what the window holds, for a feed that has fallen silent; a group no longer waits for this member.</summary>
    public abstract void FlushWindow();

    /// <summary>Ends the stream: live heaps are flushed, then the window is emitted, oldest chunk first. Once.</summary>
    public abstract void Finish();

    /// <summary>Begins again after <see cref="Finish"/>; counters and window go on from where they were. By the thread that will
    /// call the rest.</summary>
    public abstract void Resume();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the stream owns.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Builds the stream of a layout that is known only at run time.</summary>
    /// <param name="layout">A boxed struct that implements <see cref="IHeapLayout"/>.</param>
    /// <param name="options">Validated here.</param>
    /// <param name="exchange">Gives storage and takes chunks.</param>
    /// <param name="counters">Counters for the layout's statistics.</param>
    /// <param name="member">Number of the stream in its group.</param>
    /// <param name="clock">Its view of the group's time; null takes timestamps as they come.</param>
    public static ReceiveStream Create(IHeapLayout layout, StreamOptions options, IChunkExchange exchange,
        StreamCounters counters, int member = 0, TimeVoter? clock = null) =>
        Create<FastestCopy>(layout, options, exchange, counters, member, clock);

    /// <summary>The same with another way to copy, to measure it.</summary>
    internal static ReceiveStream Create<TCopy>(IHeapLayout layout, StreamOptions options, IChunkExchange exchange,
        StreamCounters counters, int member = 0, TimeVoter? clock = null) where TCopy : struct, IPayloadCopy
    {
        options.Validate();
        if (ShapeCheck.Fault(layout.Shape) is { } fault)
            throw RecvException.BadUsage($"layout '{layout.Shape?.Name}': its Shape is impossible: {fault}; correct the layout");
        if (layout.Shape.Statistics.IsEmpty)
            throw RecvException.BadUsage(
                $"layout '{layout.Shape.Name}': Shape.Statistics needs at least one name, for heaps that it does not place");
        Type type = typeof(ReceiveStream<,>).MakeGenericType(layout.GetType(), typeof(TCopy));
        return (ReceiveStream)Activator.CreateInstance(type, layout, options, exchange, counters, member, clock)!;
    }
}
