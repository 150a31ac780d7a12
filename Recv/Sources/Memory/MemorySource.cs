using Recv.Memory;

namespace Recv.Sources.Memory;

/// <summary>Gives datagrams that were copied once into memory of its own: for tests and for measuring what comes after
/// it.</summary>
/// <remarks>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. Nothing ever waits, so <see cref="Wake"/> has nothing
/// to do.</para>
/// <para><b>Owns:</b> one block with all datagrams.</para>
/// </remarks>
public sealed class MemorySource : IPacketSource
{
    // Each datagram starts on a cache line of its own, as it does in a receive buffer.
    private const int Alignment = 64;

    private readonly NativeBlock _block;
    private readonly Datagram[] _datagrams;
    private readonly int _batchSize;
    private long _roundsLeft;
    private int _next;

    /// <summary>Copies <paramref name="datagrams"/>.</summary>
    public MemorySource(IEnumerable<ReadOnlyMemory<byte>> datagrams, MemorySourceOptions? options = null)
    {
        options ??= new MemorySourceOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Repeats);
        ReadOnlyMemory<byte>[] all = [.. datagrams];
        _batchSize = options.BatchSize;
        _roundsLeft = all.Length == 0 ? 0 : options.Repeats;
        _datagrams = new Datagram[all.Length];
        _block = NativeBlock.Allocate(Math.Max(1, all.Sum(datagram => Padded(datagram.Length))), "datagrams in memory");
        long at = 0;
        for (int i = 0; i < all.Length; at += Padded(all[i].Length), i++)
        {
            Span<byte> copy = _block.Span(at, all[i].Length);
            all[i].Span.CopyTo(copy);
            _datagrams[i] = Datagram.Over(copy);
        }
    }

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public int MaxBatch => _batchSize;

    /// <inheritdoc/>
    public bool Ended => _roundsLeft == 0;

    /// <inheritdoc/>
    public SourceStatus Status => default;

    /// <inheritdoc/>
    public void Open() => _block.Prefault();

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_roundsLeft == 0) return 0;
        int count = Math.Min(Math.Min(batch.Length, _batchSize), _datagrams.Length - _next);
        _datagrams.AsSpan(_next, count).CopyTo(batch);
        _next += count;
        if (_next == _datagrams.Length) NextRound();
        return count;
    }

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public void Wake()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _roundsLeft = 0;
        _block.Dispose();
    }

    private void NextRound()
    {
        _next = 0;
        if (_roundsLeft != MemorySourceOptions.Endless) _roundsLeft--;
    }

    private static long Padded(int length) => (long)(length + Alignment - 1) & -Alignment;
}
