using System.Globalization;

namespace Recv.Bench.Receiving;

/// <summary>What a receiver says at its end.</summary>
/// <remarks>
/// <b>Threading:</b> immutable. Written and read as one line of words, by our receiver and, the first three, by the peer's program.
/// </remarks>
internal sealed record ReceiveResult
{
    /// <summary>Datagrams that it saw.</summary>
    public long Datagrams { get; init; }

    /// <summary>Data heaps that are whole in a chunk.</summary>
    public long Heaps { get; init; }

    /// <summary>User and system time of all threads, from when it was ready until the feed fell silent.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Data heaps that are absent from the first chunks: lost at the start.</summary>
    public long Early { get; init; }

    /// <summary>Heaps with a byte that was not sent so, where bytes were compared.</summary>
    public long Wrong { get; init; }

    /// <summary>Bytes that receive threads allocated on the garbage collector's heap from the first datagram to the last.</summary>
    public long Allocated { get; init; }

    /// <summary>Collections of generation 2 while it received.</summary>
    public long Collections { get; init; }

    /// <summary>Datagrams that the kernel dropped, or buffers of them.</summary>
    public long Dropped { get; init; }

    /// <summary>The longest that a receive thread was away with a batch in hand, in milliseconds.</summary>
    public double StallMilliseconds { get; init; }

    /// <summary>From the first datagram to the last, by the receive thread's own clock; 0 from one that does not say.</summary>
    public double Seconds { get; init; }

    /// <summary>Methods that receive threads compiled while they received.</summary>
    public long Compiled { get; init; }

    /// <summary>The line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"datagrams {Datagrams} heaps {Heaps} cpu {CpuSeconds:F4} early {Early} wrong {Wrong} allocated {Allocated} collections "
            + $"{Collections}")
        + string.Create(CultureInfo.InvariantCulture,
        $" dropped {Dropped} stall {StallMilliseconds:F3} compiled {Compiled} seconds {Seconds:F4}");

    /// <summary>Reads the line; what it does not say is 0.</summary>
    public static ReceiveResult Parse(string line)
    {
        string[] words = line.Trim().Split(' ');
        string Value(string name) => Array.IndexOf(words, name) is var at and >= 0 ? words[at + 1] : "0";
        long Count(string name) => long.Parse(Value(name), CultureInfo.InvariantCulture);
        return new ReceiveResult
        {
            Datagrams = Count("datagrams"),
            Heaps = Count("heaps"),
            CpuSeconds = double.Parse(Value("cpu"), CultureInfo.InvariantCulture),
            Early = Count("early"),
            Wrong = Count("wrong"),
            Allocated = Count("allocated"),
            Collections = Count("collections"),
            Compiled = Count("compiled"),
            Dropped = Count("dropped"),
            Seconds = double.Parse(Value("seconds"), CultureInfo.InvariantCulture),
            StallMilliseconds = double.Parse(Value("stall"), CultureInfo.InvariantCulture),
        };
    }
}
