using System.Buffers;
using System.Globalization;
using System.Text;

namespace Recv.Metrics.Exposition;

/// <summary>Writes text and numbers as UTF-8 straight into a buffer: a page is never one large string, which would be garbage of the kind
/// that is collected last.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> nothing.</remarks>
internal readonly struct Utf8Writer(IBufferWriter<byte> output)
{
    private const int NumberBytes = 32;

    /// <summary>Text as it is.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, bytes));
    }

    /// <summary>Text in which backslash and line feed, and where asked for quotes, cannot be mistaken for the page's own.</summary>
    public void Escaped(ReadOnlySpan<char> text, bool quotes)
    {
        ReadOnlySpan<char> special = quotes ? "\\\n\"" : "\\\n";
        for (int at; (at = text.IndexOfAny(special)) >= 0; text = text[(at + 1)..])
        {
            Text(text[..at]);
            Text(text[at] switch
            {
                '\n' => "\\n",
                '"' => "\\\"",
                _ => @"\\",
            });
        }
        Text(text);
    }

    /// <summary>A number in the words of Go, which both formats read.</summary>
    public void Number(MetricValue value)
    {
        if (value.IsWhole) Formatted(value.Whole);
        else if (double.IsNaN(value.Fraction)) Text("NaN");
        else if (double.IsInfinity(value.Fraction)) Text(value.Fraction > 0 ? "+Inf" : "-Inf");
        else Formatted(value.Fraction);
    }

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public void UnixTime(DateTimeOffset time) => Formatted(time.ToUnixTimeMilliseconds() / 1000.0);

    private void Formatted<T>(T number) where T : IUtf8SpanFormattable
    {
        number.TryFormat(output.GetSpan(NumberBytes), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
