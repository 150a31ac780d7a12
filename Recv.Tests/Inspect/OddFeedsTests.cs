using System.Security.Cryptography;
using FsCheck.Fluent;
using Recv.Spead;
using Recv.Tests.Support;

namespace Recv.Tests.Inspect;

/// <summary>Of feeds that are not as neat as those of an instrument, the inferred layout receives every heap, or a warning says why not.</summary>
public sealed class OddFeedsTests
{
    [Fact]
    public void AClockMayBeginAnywhereInItsStep()
    {
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(8), Prop.ForAll(
            Gen.Choose(0, 1 << 20).Two().SelectMany(of => Gen.Choose(2, 9000).Select(step => (Start: (long)of.Item1, step, Lost: of.Item2))).ToArbitrary(),
            ((long Start, int Step, int Lost) clock) =>
            {
                // One heap of the middle is lost, so that the step is not the only difference.
                Feed feed = [.. Enumerable.Range(0, 60).Where(n => n != 1 + clock.Lost % 58).Select(n => Of(clock.Start + (long)n * clock.Step))];
                ReceivesAll(feed, time => time / clock.Step * clock.Step);
            }));
    }

    private static void ReceivesAll(Feed feed, Func<long, long> timeOf)
    {
        using var rig = new InferenceRig();
        using TemporaryFile capture = InferenceRig.Capture(feed);
        (string command, IReadOnlyList<string> warnings) = rig.Infer(capture.Path);
        Assert.Empty(warnings);
        Assert.Equal(feed.Select(heap => (timeOf(heap.Items[0].Value), Convert.ToHexStringLower(SHA256.HashData(heap.Payload)))).Order(),
            rig.Received(command));
    }

    /// <summary>A heap with a payload of its own.</summary>
    private static ((long Id, long Value)[] Items, byte[] Payload) Of(long time, params (long Id, long Value)[] items) =>
        ([(ItemIds.Timestamp, time), .. items], RandomNumberGenerator.GetBytes(64));

    private sealed class Feed : List<((long Id, long Value)[] Items, byte[] Payload)>;
}
