using System.Numerics;

namespace Recv.Sources.Pcap.Fragments;

/// <summary>Which bytes of a datagram have come: the holes of RFC 815, a bit for each unit of eight bytes.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class Units
{
    /// <summary>Bytes of a unit: pieces begin and, but for the last, end at one.</summary>
    public const int Bytes = 8;

    /// <summary>Units of the longest datagram, which has 65535 bytes.</summary>
    public const int Most = 65536 / Bytes;

    private const int WordBits = 64;

    private readonly ulong[] _came = new ulong[Most / WordBits];

    /// <summary>How many have come.</summary>
    public int Count { get; private set; }

    /// <summary>How many so many bytes need.</summary>
    public static int In(int bytes) => (bytes + Bytes - 1) / Bytes;

    /// <summary>None has come.</summary>
    public void Clear()
    {
        _came.AsSpan().Clear();
        Count = 0;
    }

    /// <summary>How many of a range have come.</summary>
    public int CountIn(int first, int count)
    {
        int came = 0;
        for (int at = first; at < first + count; at = NextWord(at))
            came += BitOperations.PopCount(_came[at / WordBits] & Mask(at, first + count));
        return came;
    }

    /// <summary>A range has come of which nothing had.</summary>
    public void Add(int first, int count)
    {
        for (int at = first; at < first + count; at = NextWord(at)) _came[at / WordBits] |= Mask(at, first + count);
        Count += count;
    }

    private static int NextWord(int at) => (at / WordBits + 1) * WordBits;

    private static ulong Mask(int at, int end)
    {
        int bits = Math.Min(NextWord(at), end) - at;
        return (bits == WordBits ? ulong.MaxValue : (1UL << bits) - 1) << at % WordBits;
    }
}
