using System.Security.Cryptography;
using FsCheck.Fluent;
using Recv.Spead;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Inspect;

/// <summary>Of feeds that are not as neat as those of an instrument, the inferred layout receives every heap, or a warning says why
/// not.</summary>
public sealed class OddFeedsTests
{
    [Fact]
    public void AClockMayBeginAnywhereInItsStep()
    {
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(8), Prop.ForAll(
            Gen.Choose(0, 1 << 20).Two().SelectMany(of => Gen.Choose(2, 9000).Select(step => (Start: (long)of.Item1, step, Lost: of.Item2)))
                .ToArbitrary(),
            ((long Start, int Step, int Lost) clock) =>
            {
                // One heap of the middle is lost, so that the step is not the only difference.
                Feed feed = [.. Enumerable.Range(0, 60).Where(n => n != 1 + clock.Lost % 58)
                    .Select(n => Of(clock.Start + (long)n * clock.Step))];
                ReceivesAll(feed, time => time / clock.Step * clock.Step);
            }));
    }

    [Theory]
    [InlineData(100, 1000, 1)]
    [InlineData(40, 5000, 8)]
    public void ManySparseNumbersAreAnAxis(int count, int below, int grid)
    {
        long[] antennas = [.. Enumerable.Range(0, below).Select(number => (long)number * grid)];
        new Random(3).Shuffle(antennas);
        Feed feed = [.. Enumerable.Range(0, 20 * count).Select(k => Of(k / count * 512, (0x4101, antennas[k % count])))];
        ReceivesAll(feed, time => time);
    }

    [Theory]
    [InlineData(48, 512, 1)]
    [InlineData(48, 300, 3)]
    [InlineData(40, 4096, 3)]
    public void AClockWhoseBitsAreFullGoesOn(int bits, int step, int antennas)
    {
        long range = 1L << bits, start = range / step * step - 30 * step;
        // One heap of before the wrap comes late, behind some from after it; one is lost.
        List<int> order = [.. Enumerable.Range(0, 60 * antennas).Where(k => k != 5 * antennas)];
        int late = order.IndexOf(29 * antennas);
        order.RemoveAt(late);
        order.Insert(late + 3 * antennas, 29 * antennas);
        Feed feed = [.. order.Select(k => Of((start + k / antennas * step) % range, (0x4101, k % antennas)))];
        string[] page = ReceivesAll(feed, time => time < range / 2 ? time + range : time, new Flavour(bits));
        Assert.Contains(page, line => line.StartsWith("wrap       0x1600 timestamp goes from ", StringComparison.Ordinal)
            && line.Contains($"its {bits} bits were full, and --time resync", StringComparison.Ordinal));
        Assert.Contains("mistakes   none", page);
        Assert.Contains(page, line => line.Contains(" 1 missing by timestamp", StringComparison.Ordinal));
    }

    [Fact]
    public void AWrapBeforeAReceiverIsSureOfTheTimeIsWarnedOf()
    {
        using var rig = new InferenceRig();
        Feed feed = [.. Enumerable.Range(0, 60).Select(n => Of(((1L << 48) - 7 * 512 + n * 512) % (1L << 48)))];
        using TemporaryFile capture = InferenceRig.Capture(feed);
        (string command, IReadOnlyList<string> warnings) = rig.Infer(capture.Path);
        Assert.Contains("began again at 0 among the first 8 heaps", Assert.Single(warnings), StringComparison.Ordinal);
        // Those between the wrap and where it is followed.
        Assert.InRange(rig.Received(command).Count, 60 - 8, 60 - 1);
    }

    [Theory]
    [InlineData(0, 3, 17, 40)]
    [InlineData(1, 3, 5, 9)]
    [InlineData(2, 1, 2, 4)]
    [InlineData(1, 0, 1, 3)]
    public void NumbersThatNobodyHasCountAsNothingMissing(int neverFilled, params int[] antennas)
    {
        Feed feed = [.. Enumerable.Range(0, 60).Where(k => k != 31).Select(k => Of(k / 3 * 512, (0x4101, antennas[k % 3])))];
        string[] page = ReceivesAll(feed, time => time);
        Assert.Contains(page, line => line.Contains(" 1 missing by timestamp", StringComparison.Ordinal));
        Assert.Equal(neverFilled > 0 ? [$"places     {neverFilled} of {neverFilled + 3} at each time no heap ever had"] : [],
            page.Where(line => line.StartsWith("places", StringComparison.Ordinal)).Select(line => line.Split(':')[0]));
    }

    [Theory]
    // The channel stands before the time, or behind it; the capture ends with a whole turn or in the middle of one.
    [InlineData(0x1011, 0x2001, 16, 480)]
    [InlineData(0x1011, 0x2001, 384, 2000)]
    [InlineData(0x4103, 0x2001, 16, 100)]
    [InlineData(0x4103, 0x2001, 3, 300)]
    public void AnItemThatCyclesIsAnAxisAndTheOneThatGrowsIsTime(long channelId, long timeId, int channels, int heaps)
    {
        Feed feed = [.. Enumerable.Range(0, heaps).Select(k => Items((timeId, 7_000 + k / channels * 500L), (channelId, k % channels)))];
        ReceivesAll(feed, items => items.First(item => item.Id == timeId).Value, channels);
    }

    [Fact]
    public void ATimestampThatCyclesIsNoTime()
    {
        Feed feed = [.. Enumerable.Range(0, 300).Select(k => Items((ItemIds.Timestamp, k % 10), (0x2001, k / 10 * 64L)))];
        ReceivesAll(feed, items => items[1].Value, 1);
    }

    [Theory]
    [InlineData(16, 480)]
    [InlineData(384, 1500)]
    public void WithNothingThatGrowsTheHeapCntIsTimeAndChannelsMayShareIt(int channels, int heaps)
    {
        Feed feed = [.. Enumerable.Range(0, heaps).Select(k => Items((0x4103, k % channels), (0x1027, 1_700_000_000)))];
        string[] page = ReceivesAll(feed, null, channels);
        Assert.Contains(page, line => line.StartsWith("time       0x0001 heap_cnt, step 1,", StringComparison.Ordinal)
            && line.EndsWith($", {channels} heaps at each", StringComparison.Ordinal));
    }

    [Fact]
    public void HeapsThatComeAgainAreDuplicatesThoughOthersShareTheirHeapCnt()
    {
        Feed feed = [.. Enumerable.Range(0, 160).Select(k => Items((0x4103, k % 16)))];
        feed.Insert(40, feed[39]);
        feed.RemoveAt(41);
        using TemporaryFile capture = InferenceRig.Capture(feed, shared: 16);
        Assert.Contains(RecvInProcess.Run("inspect", capture.Path).Output,
            line => line.StartsWith("mistake    duplicate_heap_cnts: 1", StringComparison.Ordinal));
    }

    [Fact]
    public void HeapsThatOverwriteEachOtherAreWarnedOf()
    {
        // Numbers over a range that no memory has room for.
        long[] numbers = [.. Enumerable.Range(1, 40).Select(number => (long)number * number * number * 90_001 + number)];
        (IReadOnlyList<string> warnings, string text) = Doubted(
            [.. Enumerable.Range(0, 800).Select(k => Of(k / 40 * 512, (0x4101, numbers[k % 40])))]);
        Assert.Contains("780 of 800 heaps have the place of another and overwrite it", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("# - DOUBT: 780 of 800", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AJitteredClockHasNoPowerOfTwoForAStepThatHeapsShare()
    {
        var random = new Random(3);
        Feed feed = [.. Enumerable.Range(0, 60)
            .Select(n => Of(1_700_000_000_000_000 % (1L << 47) / 1_000_000 * 1_000_000 + n * 1_000_000L + random.Next(300)))];
        using var rig = new InferenceRig();
        using TemporaryFile capture = InferenceRig.Capture(feed);
        (string command, IReadOnlyList<string> warnings) = rig.Infer(capture.Path);
        Assert.Contains("the step of the timestamp is a guess", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(feed.Select(heap => (heap.Items[0].Value / 1_000_000 * 1_000_000, Hash(heap.Payload))).Order(), rig.Received(command));
    }

    [Fact]
    public void ALayoutForTheLesserPartOfTheHeapsIsWarnedOf()
    {
        // One channel of four does not say which it is.
        (IReadOnlyList<string> warnings, string text) = Doubted([.. Enumerable.Range(0, 120)
            .Select(k => k % 4 == 0 ? Of(k / 4 * 512) : Of(k / 4 * 512, (0x4103, k % 4)))]);
        Assert.Contains("only 90 of 120 heaps of data (75 %)", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("# - DOUBT: only 90 of 120", text, StringComparison.Ordinal);
    }

    private static (IReadOnlyList<string> Warnings, string Layout) Doubted(Feed feed)
    {
        using var rig = new InferenceRig();
        using TemporaryFile capture = InferenceRig.Capture(feed);
        return (rig.Infer(capture.Path).Warnings, File.ReadAllText(rig.Layout));
    }

    /// <returns>The page of what was seen.</returns>
    private static string[] ReceivesAll(Feed feed, Func<long, long> timeOf, Flavour? flavour = null)
    {
        using var rig = new InferenceRig();
        using TemporaryFile capture = InferenceRig.Capture(feed, flavour);
        (string command, IReadOnlyList<string> warnings) = rig.Infer(capture.Path);
        Assert.Empty(warnings);
        Assert.Equal(feed.Select(heap => (timeOf(heap.Items[0].Value), Convert.ToHexStringLower(SHA256.HashData(heap.Payload)))).Order(),
            rig.Received(command));
        return [.. RecvInProcess.Run("inspect", capture.Path).Output];
    }

    /// <summary>Heaps that share their cnt with those of the same time; their time is some item's, or the cnt's.</summary>
    private static string[] ReceivesAll(Feed feed, Func<(long Id, long Value)[], long>? timeOf, int shared)
    {
        using var rig = new InferenceRig();
        using TemporaryFile capture = InferenceRig.Capture(feed, shared: shared);
        (string command, IReadOnlyList<string> warnings) = rig.Infer(capture.Path);
        Assert.Empty(warnings);
        Assert.Equal(feed.Select((heap, k) => (timeOf?.Invoke(heap.Items) ?? k / shared, Hash(heap.Payload))).Order(),
            rig.Received(command));
        string[] page = [.. RecvInProcess.Run("inspect", capture.Path).Output];
        Assert.Contains("mistakes   none", page);
        return page;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A heap with a payload of its own.</summary>
    private static ((long Id, long Value)[] Items, byte[] Payload) Of(long time, params (long Id, long Value)[] items) =>
        ([(ItemIds.Timestamp, time), .. items], RandomNumberGenerator.GetBytes(64));

    private static ((long Id, long Value)[] Items, byte[] Payload) Items(params (long Id, long Value)[] items) =>
        (items, RandomNumberGenerator.GetBytes(64));

    private sealed class Feed : List<((long Id, long Value)[] Items, byte[] Payload)>;
}
