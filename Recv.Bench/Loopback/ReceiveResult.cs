using System.Globalization;

namespace Recv.Bench.Loopback;

/// <summary>What a receiver says at its end.</summary>
/// <param name="Datagrams">Datagrams that it saw.</param>
/// <param name="Heaps">Data heaps that are whole in a chunk.</param>
/// <param name="CpuSeconds">User and system time, all threads, from when it was ready.</param>
/// <remarks>
/// <b>Threading:</b> immutable. Written and read as one line of words, by our receiver and by the peer's program.
/// </remarks>
internal sealed record ReceiveResult(long Datagrams, long Heaps, double CpuSeconds)
{
    /// <summary>The line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"datagrams {Datagrams} heaps {Heaps} cpu {CpuSeconds:F4}");

    /// <summary>Reads the line.</summary>
    public static ReceiveResult Parse(string line)
    {
        string[] words = line.Trim().Split(' ');
        string Value(string name) => words[Array.IndexOf(words, name) + 1];
        CultureInfo plain = CultureInfo.InvariantCulture;
        return new ReceiveResult(
            long.Parse(Value("datagrams"), plain), long.Parse(Value("heaps"), plain), double.Parse(Value("cpu"), plain));
    }
}
