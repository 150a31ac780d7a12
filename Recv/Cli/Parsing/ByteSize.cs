using System.Globalization;

namespace Recv.Cli.Parsing;

/// <summary>Sizes as people write them: <c>64M</c>, <c>1G</c>, <c>212992</c>.</summary>
internal static class ByteSize
{
    /// <summary>Bytes; K, M and G are powers of 1024.</summary>
    public static long Parse(Setting setting, string text)
    {
        string digits = text.TrimEnd('B', 'b', 'i');
        long unit = digits.Length == 0 ? 1
            : char.ToUpperInvariant(digits[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 };
        if (unit > 1) digits = digits[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value < 1
            || value > long.MaxValue / unit)
            throw RecvException.BadSetting($"{setting} {text}: give a size such as 64M, 1G or 212992");
        return value * unit;
    }

    /// <summary>For people: <c>40.0 MiB</c>.</summary>
    public static string Format(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };
}
