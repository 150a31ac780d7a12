using System.Globalization;
using Recv.Layouts;

namespace Recv.Tests.Layouts;

public sealed class SampleClockTests
{
    private static readonly SampleClock LBand = new(1712e6, 1_700_000_000m);

    [Theory]
    [InlineData(0, "2023-11-14T22:13:20.0000000+00:00")]
    [InlineData(1712, "2023-11-14T22:13:20.0000010+00:00")]
    [InlineData(1712_000_000L * 86400, "2023-11-15T22:13:20.0000000+00:00")]
    public void ATimestampBecomesADate(long timestamp, string utc) =>
        Assert.Equal(utc, LBand.Utc(timestamp).ToString("o", CultureInfo.InvariantCulture));

    [Fact]
    public void ASampleIsToldFromTheNextAtTheEndOf48Bits()
    {
        decimal apart = LBand.UnixSeconds(1L << 48) - LBand.UnixSeconds((1L << 48) - 1);
        Assert.InRange(apart, 0.58e-9m, 0.59e-9m);
    }

    [Fact]
    public void NoTimestampIsTooWild()
    {
        var slow = new SampleClock(SampleClock.MinAdcRate, 253_402_300_799m);
        Assert.Equal(9999, slow.Utc(long.MaxValue).Year);
        Assert.Equal(1970, LBand.Utc(long.MinValue).Year);
    }

    [Theory]
    [InlineData("1700000000", "1700000000")]
    [InlineData("1700000000.25", "1700000000.25")]
    [InlineData("1.7e9", "1700000000")]
    [InlineData("0", "0")]
    [InlineData("2023-11-14T22:13:20Z", "1700000000")]
    [InlineData("2023-11-14T22:13:20", "1700000000")]
    [InlineData("2023-11-14 22:13:20.25", "1700000000.25")]
    [InlineData("2023-11-15T00:13:20+02:00", "1700000000")]
    [InlineData("2023-11-14T22:13Z", "1699999980")]
    [InlineData("2023-11-14", "1699920000")]
    public void ASyncTimeIsUnixSecondsOrIso8601(string text, string seconds)
    {
        Assert.True(SampleClock.TryParseSyncTime(text, out decimal parsed));
        Assert.Equal(decimal.Parse(seconds, CultureInfo.InvariantCulture), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1700000000000")]
    [InlineData("yesterday")]
    [InlineData("14/11/2023")]
    [InlineData("2023-11-31")]
    [InlineData("1,700,000,000")]
    [InlineData("1969-12-31T23:59:59Z")]
    public void AnythingElseIsNone(string text) => Assert.False(SampleClock.TryParseSyncTime(text, out _));

    [Theory]
    [InlineData("1712000000", true)]
    [InlineData("1712e6", true)]
    [InlineData("66666666.5", true)]
    [InlineData("0", false)]
    [InlineData("1.712e-3", false)]
    [InlineData("1e13", false)]
    [InlineData("NaN", false)]
    [InlineData("fast", false)]
    public void ARateIsInHertz(string text, bool isRate) => Assert.Equal(isRate, SampleClock.TryParseAdcRate(text, out _));
}
