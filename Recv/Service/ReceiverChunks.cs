using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Sinks.Iterate;

namespace Recv.Service;

/// <summary>A receiver's chunks for a loop.</summary>
public static class ReceiverChunks
{
    /// <summary>Starts the receiver, gives its chunks, and stops it when the loop ends, however it does.</summary>
    /// <remarks>To stop from within the loop, leave it (<c>break</c>), or call <see cref="Receiver.RequestStop"/> to get what is
    /// complete first, or
    /// <see cref="Receiver.Dispose"/> to end it at once: the chunk in hand stays until the next turn, which ends the loop.
    /// <see cref="Receiver.Wait"/> is refused there, since it would wait for the chunk in hand.</remarks>
    /// <param name="receiver">Not started, with a <see cref="ChunkIterator"/> among its sinks, whose rules hold.</param>
    /// <param name="cancel">Ends the loop with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">It has no such sink.</exception>
    /// <exception cref="RecvException">It could not be started, or a receive thread died or a source gave up; then after the last
    /// chunk.</exception>
    public static IAsyncEnumerable<Chunk> ReadChunks(this Receiver receiver, CancellationToken cancel = default) =>
        new Loops(receiver, cancel);

    private static async IAsyncEnumerable<Chunk> Read(Receiver receiver, [EnumeratorCancellation] CancellationToken cancel)
    {
        ChunkIterator chunks = receiver.Sinks.Select(runner => runner.Sink).OfType<ChunkIterator>().FirstOrDefault()
            ?? throw new InvalidOperationException("no sink of this receiver is a ChunkIterator; add one to ReceiverOptions.Sinks");
        receiver.Start();
        // When the feed ends by itself, somebody must say so to the sinks.
        Task ended = Task.Factory.StartNew(
            receiver.WaitForEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (Chunk chunk in chunks.ReadAllAsync(cancel).ConfigureAwait(false)) yield return chunk;
        }
        finally
        {
            receiver.RequestStop();
            await ended.ConfigureAwait(false);
        }
        if (receiver.Failure is { } failure)
            throw new RecvException(Readiness.Died(failure), (failure as RecvException)?.ExitCode ?? RecvException.Host, failure);
    }

    private sealed class Loops(Receiver receiver, CancellationToken cancel) : IAsyncEnumerable<Chunk>
    {
        // Either token ends the loop: that of ReadChunks, or that of WithCancellation.
        public IAsyncEnumerator<Chunk> GetAsyncEnumerator(CancellationToken cancellationToken) =>
            new ChunkLoop(receiver, Read(receiver, cancel).GetAsyncEnumerator(cancellationToken));
    }
}
