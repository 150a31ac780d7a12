using Recv.Sources;

namespace Recv.Tests.Support.Sources;

/// <summary>A source that does what a test tells it, and remembers what was done with it; all else is the inner source's, if it has
/// one.</summary>
/// <remarks><b>Threading:</b> as <see cref="IPacketSource"/>; without an inner source any thread. <b>Owns:</b> the inner source.</remarks>
internal sealed class ScriptedSource(IPacketSource? inner = null) : IPacketSource
{
    /// <summary>What <see cref="Refusing"/> says.</summary>
    public const string Refusal = "source 'scripted': the host says no; say please";

    /// <summary>The point of a <see cref="Watched"/> source: the thread has done with one batch and asks for the next.</summary>
    public const string BetweenBatches = "between batches";

    private readonly ManualResetEventSlim _woken = new();

    /// <summary>Fills a batch.</summary>
    public delegate int Fill(Span<Datagram> batch, bool wait);

    /// <summary>In place of opening it.</summary>
    public Action? OnOpen { get; init; }

    /// <summary>Before each batch.</summary>
    public Action? BeforeReceive { get; init; }

    /// <summary>In place of receiving.</summary>
    public Fill? OnReceive { get; init; }

    /// <summary>In place of releasing.</summary>
    public Action? OnRelease { get; init; }

    /// <summary>In place of disposing.</summary>
    public Action? OnDispose { get; init; }

    /// <summary>Whether it has ended; asked each time.</summary>
    public Func<bool>? HasEnded { get; init; }

    /// <summary>What it knows of losses.</summary>
    public SourceStatus? Losses { get; init; }

    /// <summary>The most of a batch, without an inner source.</summary>
    public int Batch { get; init; } = 1;

    public int Opens { get; private set; }

    public int Disposals { get; private set; }

    public bool IsOpen => Opens > 0;

    public bool IsDisposed => Disposals > 0;

    public string Name => inner?.Name ?? "scripted";

    public int MaxBatch => inner?.MaxBatch ?? Batch;

    public bool Ended => HasEnded?.Invoke() ?? inner?.Ended ?? false;

    public SourceStatus Status => Losses ?? inner?.Status ?? default;

    /// <summary>One that the host refuses.</summary>
    public static ScriptedSource Refusing() => new() { OnOpen = () => throw RecvException.HostRefused(Refusal) };

    /// <summary>One whose receive thread dies of it.</summary>
    public static ScriptedSource Poisoned() => new()
    {
        OnReceive = (_, wait) => wait ? throw new NotSupportedException("poison") : 0,
    };

    /// <summary>One that says when it is asked for a batch.</summary>
    public static ScriptedSource Watched(IPacketSource inner, Action<string> pass) =>
        new(inner) { BeforeReceive = () => pass(BetweenBatches) };

    /// <summary>One that ends after so many datagrams, and says when each of them arrived: makes of a socket what a replay needs.</summary>
    public static ScriptedSource Scheduled(IPacketSource inner, IReadOnlyList<long> arrivals)
    {
        int given = 0;
        return new ScriptedSource(inner)
        {
            HasEnded = () => given == arrivals.Count,
            OnReceive = (batch, wait) =>
            {
                if (given == arrivals.Count) return 0;
                int count = inner.Receive(batch, wait);
                for (int i = 0; i < count; i++) batch[i].ArrivalNanoseconds = arrivals[given++];
                return count;
            },
        };
    }

    /// <summary>Endless traffic without a lock or an allocation: each batch is the next chunk of a mill, which it owns.</summary>
    public static ScriptedSource Mill(Packets.PacketMill mill)
    {
        bool disposed = false;
        return new ScriptedSource
        {
            Batch = mill.Count,
            HasEnded = () => Volatile.Read(ref disposed),
            OnReceive = (batch, _) =>
            {
                ReadOnlySpan<Datagram> chunk = mill.Next();
                chunk.CopyTo(batch);
                return chunk.Length;
            },
            OnDispose = () =>
            {
                if (disposed) return;
                Volatile.Write(ref disposed, true);
                mill.Dispose();
            },
        };
    }

    public void Open()
    {
        if (OnOpen is not null) OnOpen();
        else inner?.Open();
        Opens++;
    }

    public int Receive(Span<Datagram> batch, bool wait)
    {
        BeforeReceive?.Invoke();
        if (OnReceive is not null) return OnReceive(batch, wait);
        if (inner is not null) return inner.Receive(batch, wait);
        if (wait) _woken.Wait(100);
        return 0;
    }

    public void Release()
    {
        if (OnRelease is not null) OnRelease();
        else inner?.Release();
    }

    public void Wake()
    {
        _woken.Set();
        inner?.Wake();
    }

    public void Dispose()
    {
        Disposals++;
        OnDispose?.Invoke();
        inner?.Dispose();
    }
}
