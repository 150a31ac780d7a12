using Recv.Sources;
using Recv.Streams.Group;
using Recv.Threads;

namespace Recv.Streams;

/// <summary>Feeds the members of a group from their captures on one thread, in the order of arrival, so that a replay is
/// deterministic.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> nothing: sources and streams are lent.</remarks>
public sealed class ReplayLoop : IDutyCycle
{
    private readonly Input[] _inputs;
    private readonly LosslessGroup? _group;
    private volatile bool _stopRequested;

    /// <summary>A loop over opened sources, one per stream.</summary>
    /// <param name="sources">Sources that end.</param>
    /// <param name="streams">The stream of each.</param>
    /// <param name="group">What the streams share, if there are several.</param>
    public ReplayLoop(IReadOnlyList<IPacketSource> sources, IReadOnlyList<ReceiveStream> streams, LosslessGroup? group = null)
    {
        _inputs = [.. sources.Zip(streams, (source, stream) => new Input(source, stream))];
        _group = group;
    }

    /// <summary>Ends the loop after the batch in hand.</summary>
    public void RequestStop() => _stopRequested = true;

    /// <inheritdoc/>
    public bool Turn()
    {
        int next = -1;
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (!_inputs[i].Fill())
            {
                // Its part is over: the others' chunks need not wait for it.
                FinishMember(i);
                continue;
            }
            if (next < 0 || _inputs[i].Arrival < _inputs[next].Arrival) next = i;
        }
        if (next < 0 || _stopRequested) return false;
        // When chunks run short, whoever holds them up comes first, whatever its time; one that has ended holds up nothing.
        if (_group?.Laggard is >= 0 and int laggard) next = laggard;
        // Alone, a stream takes its batch whole; beside others, datagram by datagram in the order of arrival.
        if (_inputs[next].Process(_inputs.Length == 1)) FinishMember(next);
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        Array.ForEach(_inputs, input => input.NoteUnfinished());
        for (int i = 0; i < _inputs.Length; i++) FinishMember(i);
        // What follows a stop item is counted; a person who stops a replay does not want to wait for the rest.
        if (!_stopRequested) Array.ForEach(_inputs, input => input.Drain());
    }

    private void FinishMember(int member)
    {
        if (_inputs[member].Finished) return;
        _inputs[member].Finished = true;
        _inputs[member].Stream.Finish();
        _group?.Leave(member);
    }

    private sealed class Input(IPacketSource source, ReceiveStream stream)
    {
        private readonly Datagram[] _batch = GC.AllocateArray<Datagram>(source.MaxBatch, pinned: true);
        private int _count;
        private int _at;
        private int _inHand;

        public ReceiveStream Stream => stream;

        public bool Finished { get; set; }

        public long Arrival => _batch[_at].ArrivalNanoseconds;

        /// <summary>Makes sure that there is a datagram; false at the end.</summary>
        public bool Fill()
        {
            while (_at == _count)
            {
                if (_count > 0) source.Release();
                _at = _count = 0;
                if (source.Ended) return false;
                _count = source.Receive(_batch, wait: true);
                if (_count == 0 && source.Ended) return false;
            }
            return true;
        }

        /// <summary>True when this was the packet that stopped the stream.</summary>
        public bool Process(bool wholeBatch)
        {
            bool before = stream.Stopped;
            int count = wholeBatch ? _count - _at : 1;
            int first = _at;
            // Taken even if the stream dies of it: what has an outcome must not be counted again.
            _at += count;
            _inHand = count;
            stream.Process(_batch.AsSpan(first, count));
            _inHand = 0;
            return stream.Stopped && !before;
        }

        public void NoteUnfinished()
        {
            stream.Counters.Unfinished(_inHand);
            _inHand = 0;
        }

        public void Drain()
        {
            while (Fill()) Process(wholeBatch: true);
        }
    }
}
