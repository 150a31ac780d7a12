using Recv.Memory;
using Recv.Tests.Support.Memory;

namespace Recv.Tests.Memory;

public sealed unsafe class PayloadCopyTests
{
    private const int Most = 20000;
    private const int Line = 64;
    private const byte Guard = 0xa5;

    // Every length up to a few lines, those around each limit of the copy, some between.
    private static readonly int[] Lengths =
    [
        .. Enumerable.Range(0, 200), .. Around(1024), .. Around(1088), .. Around(2048), .. Around(4096), .. Around(8192),
        .. Enumerable.Range(1, 19).Select(k => k * 1009), Most - 1, Most,
    ];

    /// <summary>Copies <paramref name="length"/> bytes in one of the ways.</summary>
    public delegate void Way(byte* destination, byte* source, long length);

    /// <summary>What this machine chooses, and each that another may: they all run here, the wide ones emulated where need be.</summary>
    public static TheoryData<string> Ways => [.. AllWays.Keys];

    private static readonly Dictionary<string, Way> AllWays = new()
    {
        ["chosen"] = PayloadCopy.Copy,
        ["512 bits"] = PayloadCopy.PastCaches<PayloadCopy.LineCopy512>.Copy,
        ["256 bits"] = PayloadCopy.PastCaches<PayloadCopy.LineCopy256>.Copy,
        ["128 bits"] = PayloadCopy.PastCaches<PayloadCopy.LineCopy128>.Copy,
    };

    [Theory, MemberData(nameof(Ways))]
    public void EveryLengthAtEveryAlignmentEqualsThePlainCopyAndWritesNothingOutside(string way)
    {
        var random = new Random(1);
        using NativeBlock source = NativeBlock.Allocate(Most + Line, "test");
        using NativeBlock destination = NativeBlock.Allocate(Most + 3 * Line, "test");
        random.NextBytes(source.Span(0, Most + Line));
        foreach (int length in Lengths)
        {
            for (int alignment = 0; alignment < Line; alignment++)
                Check(AllWays[way], source, random.Next(Line), destination, Line + alignment, length);
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public void NothingBeyondTheEndOfSourceOrDestinationIsTouched(string way)
    {
        using var source = new GuardedMemory(Most);
        using var destination = new GuardedMemory(Most);
        byte[] bytes = new byte[Most];
        new Random(2).NextBytes(bytes);
        foreach (int length in Lengths)
        {
            fixed (byte* from = source.Place(bytes.AsSpan(0, length)), to = destination.Place(new byte[length]))
            {
                AllWays[way](to, from, length);
                PayloadCopy.Fence();
                Assert.True(new Span<byte>(to, length).SequenceEqual(bytes.AsSpan(0, length)));
            }
        }
    }

    private static void Check(Way way, NativeBlock source, int from, NativeBlock destination, int to, int length)
    {
        Span<byte> around = destination.Span(to - Line, length + 2 * Line);
        around.Fill(Guard);
        way(destination.Pointer + to, source.Pointer + from, length);
        PayloadCopy.Fence();
        bool same = around.Slice(Line, length).SequenceEqual(source.Span(from, length));
        bool kept = !around[..Line].ContainsAnyExcept(Guard) && !around[^Line..].ContainsAnyExcept(Guard);
        if (!same || !kept) Assert.Fail($"{length} bytes from alignment {from} to {to % Line}: same {same}, nothing outside {kept}");
    }

    private static IEnumerable<int> Around(int length) => Enumerable.Range(length - 3, 7);
}
