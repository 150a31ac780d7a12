using Recv.Layouts;
using Recv.Service;
using Recv.Sources.Memory;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

/// <summary>What a layout says of the world's time, and who has the last word.</summary>
public sealed class LayoutTimeTests
{
    [Theory]
    [InlineData("adc_rate: 1712000000", 1712e6)]
    [InlineData("adc_rate: 1712e6", 1712e6)]
    [InlineData("adc_rate: 66666666.5", 66666666.5)]
    [InlineData("adc_rate: n * 1000", 8000.0)]
    [InlineData("adc_rate: n - 8", null)]
    [InlineData("adc_rate: 0", null)]
    [InlineData("description: none", null)]
    public void ARateIsANumberOrAnExpressionAndZeroIsUnknown(string line, double? hertz) => Assert.Equal(hertz, With(line).AdcRate);

    [Theory]
    [InlineData("sync_time: 1700000000.5")]
    [InlineData("sync_time: 2023-11-14T22:13:20.5Z")]
    [InlineData("sync_time: '2023-11-14 22:13:20.5'")]
    public void ASyncTimeIsUnixSecondsOrIso8601(string line) => Assert.Equal(1700000000.5m, With(line).SyncTime);

    [Fact]
    public void TheClockNeedsBoth()
    {
        Assert.Null(With("adc_rate: 1000").Clock);
        Assert.Null(With("sync_time: 5").Clock);
        Assert.Equal(new SampleClock(1000, 5), With("adc_rate: 1000\nsync_time: 5").Clock);
    }

    [Theory]
    [InlineData("adc_rate: n - 9", "test.yaml:1:11: adc_rate is -1; give timestamp units per second, 1 to 1e12, or 0 if not known")]
    [InlineData("adc_rate: 1 << 60", "test.yaml:1:11: adc_rate is ")]
    [InlineData("adc_rate: a", "test.yaml:1:11: item 'a' is not known before a heap comes; use parameters only; known: n, m")]
    [InlineData("adc_rate: [1]", "test.yaml:1:11: expected a value for 'adc_rate', found a list")]
    [InlineData("sync_time: today", "test.yaml:1:12: sync_time 'today' is not a time; give Unix seconds (1700000000.5) or ISO 8601")]
    [InlineData("sync_time: 1700000000000", "test.yaml:1:12: sync_time '1700000000000' is not a time; give ")]
    public void AMistakeIsReportedWithItsPlace(string line, string message) =>
        Assert.StartsWith(message, TestLayout.Error($"{line}\n{TestLayout.Minimal}"), StringComparison.Ordinal);

    [Fact]
    public void TheOptionsGoBeforeTheLayout()
    {
        using Receiver asTheLayoutSays = Make(0, null);
        using Receiver withOptions = Make(2000, 7);
        Assert.Equal(new SampleClock(1000, 5), asTheLayoutSays.SampleClock);
        Assert.Equal(new SampleClock(2000, 7), withOptions.SampleClock);
        Assert.Equal(withOptions.SampleClock, withOptions.Pool.Shape.Clock);
    }

    private static Receiver Make(double adcRate, decimal? syncTime) => new(new ReceiverOptions
    {
        Inputs = [new ReceiverInput(
            new MemorySource([]), TestLayout.Compile("adc_rate: 1000\nsync_time: 5\n" + TestLayout.Minimal).Instance)],
        AdcRate = adcRate,
        SyncTime = syncTime,
    });

    private static LayoutShape With(string line) => TestLayout.Compile($"{line}\n{TestLayout.Minimal}").Shape;
}
