using System.Globalization;

namespace Recv.Layouts;

/// <summary>Timestamps ↔ the world's time: the one place that converts.</summary>
/// <param name="AdcRate">Timestamp units per second, <see cref="MinAdcRate"/> to <see cref="MaxAdcRate"/>.</param>
/// <param name="SyncTime">Unix time of timestamp 0, in seconds: when the digitisers were last synchronised.</param>
/// <remarks>
/// Timestamps must be unwrapped (those of a chunk are). Unix time has no leap seconds: after one, the answers are a second late until
/// the digitisers are synchronised again. <b>Threading:</b> immutable.
/// </remarks>
public sealed record SampleClock(double AdcRate, decimal SyncTime)
{
    /// <summary>Slower is no digitiser: a rate in GHz where Hz belong.</summary>
    public const double MinAdcRate = 1;

    /// <summary>1 THz, faster than any digitiser.</summary>
    public const double MaxAdcRate = 1e12;

    // The end of the year 9999; milliseconds in place of seconds are beyond it.
    private const decimal MaxUnixSeconds = 253_402_300_799m;

    // Exact, where a double would lose what is below a tenth of a microsecond.
    private readonly decimal _adcRate = (decimal)AdcRate;

    /// <summary>Unix time of a timestamp, in seconds; exact to the nanosecond and better.</summary>
    public decimal UnixSeconds(long timestamp) => SyncTime + timestamp / _adcRate;

    /// <summary>The same as a date; what is beyond the year 9999 (a wild timestamp) is its end.</summary>
    public DateTimeOffset Utc(long timestamp)
    {
        decimal seconds = Math.Clamp(UnixSeconds(timestamp), 0, MaxUnixSeconds);
        return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
    }

    /// <summary>Reads a rate: Hz, as in <c>1712000000</c> or <c>1712e6</c>.</summary>
    public static bool TryParseAdcRate(string text, out double hertz) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out hertz) && IsAdcRate(hertz);

    /// <summary>Whether a number is a possible rate.</summary>
    public static bool IsAdcRate(double hertz) => hertz is >= MinAdcRate and <= MaxAdcRate;

    /// <summary>Reads a sync time: Unix seconds with or without a fraction, or ISO 8601 (UTC, unless it names an offset).</summary>
    public static bool TryParseSyncTime(string text, out decimal unixSeconds)
    {
        const NumberStyles Number = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!decimal.TryParse(text, Number, CultureInfo.InvariantCulture, out unixSeconds))
        {
            const DateTimeStyles Zone = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (!DateTimeOffset.TryParseExact(text, IsoFormats, CultureInfo.InvariantCulture, Zone, out DateTimeOffset time)) return false;
            unixSeconds = (time - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond;
        }
        return unixSeconds is >= 0 and <= MaxUnixSeconds;
    }

    private static readonly string[] IsoFormats =
        ["yyyy-MM-dd", .. from separator in (string[])["'T'", "' '"] from time in (
            string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"] select $"yyyy-MM-dd{separator}{time}K"];
}
