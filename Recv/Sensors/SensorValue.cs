using System.Globalization;

namespace Recv.Sensors;

/// <summary>What kind of value a sensor has: those of katcp's types that a receiver needs (specification 5.1, section 3).</summary>
public enum SensorType
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Seconds since the Unix epoch, UTC.</summary>
    Timestamp,

    /// <summary>One of a few words.</summary>
    Discrete,
}

/// <summary>The value of a reading.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct SensorValue
{
    private readonly long _integer;
    private readonly decimal _seconds;
    private readonly string? _word;

    private SensorValue(SensorType type, long integer, decimal seconds, string? word)
    {
        Type = type;
        _integer = integer;
        _seconds = seconds;
        _word = word;
    }

    /// <summary>What it is.</summary>
    public SensorType Type { get; }

    /// <summary>The number of an integer; a choice's place in its list is the sensor's to know.</summary>
    public long Integer => _integer;

    /// <summary>Seconds since the Unix epoch, of a timestamp.</summary>
    public decimal Seconds => _seconds;

    /// <summary>A whole number.</summary>
    public static SensorValue Of(long number) => new(SensorType.Integer, number, 0, null);

    /// <summary>A point in time, in seconds since the Unix epoch.</summary>
    public static SensorValue At(decimal seconds) => new(SensorType.Timestamp, 0, seconds, null);

    /// <summary>One of a sensor's words.</summary>
    public static SensorValue Choice(string word) => new(SensorType.Discrete, 0, 0, word);

    /// <summary>As katcp writes it, before escaping.</summary>
    public override string ToString() => Type switch
    {
        SensorType.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        SensorType.Timestamp => FormatSeconds(_seconds),
        _ => _word ?? "",
    };

    /// <summary>Seconds as katcp writes them: a fraction down to the nanosecond, never an exponent.</summary>
    public static string FormatSeconds(decimal seconds) => seconds.ToString("0.000000###", CultureInfo.InvariantCulture);
}
