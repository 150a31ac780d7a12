using System.Globalization;

namespace Recv.Metrics.Exposition;

/// <summary>What a client wants of a page, from its <c>Accept</c> and <c>Accept-Encoding</c> (RFC 9110, sections 12.5.1 and
/// 12.5.3).</summary>
/// <remarks><b>Threading:</b> pure. A header that is none is one that asks for nothing.</remarks>
public static class Negotiation
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string TextType = "text/plain";

    /// <summary>The format that is wanted most. OpenMetrics only for who names it; the older one for everybody else.</summary>
    public static PageFormat FormatFor(string? accept)
    {
        // A client that names several versions takes the best of those that we have; no version is any version.
        double openMetrics = Best(accept, OpenMetricsType, "1.0.0", "0.0.1") ?? 0;
        double text = Best(accept, TextType, "0.0.4") ?? Best(accept, "text/*") ?? Best(accept, "*/*") ?? 0;
        return openMetrics > 0 && openMetrics >= text ? PageFormat.OpenMetrics : PageFormat.Text;
    }

    /// <summary>Whether the page should be compressed with gzip.</summary>
    public static bool WantsGzip(string? acceptEncoding) =>
        (Best(acceptEncoding, "gzip") ?? Best(acceptEncoding, "x-gzip") ?? Best(acceptEncoding, "*") ?? 0) > 0;

    // Highest weight of the entries of that name; null when there is none.
    private static double? Best(string? header, string name, params ReadOnlySpan<string> versions)
    {
        double? best = null;
        foreach (string entry in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            string[] parts = entry.Split(';', StringSplitOptions.TrimEntries);
            if (!parts[0].Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (Parameter(parts, "version") is { } version && !versions.IsEmpty && !versions.Contains(version)) continue;
            double weight = Weight(Parameter(parts, "q"));
            if (!(best >= weight)) best = weight;
        }
        return best;
    }

    private static string? Parameter(string[] parts, string name)
    {
        foreach (string part in parts.AsSpan(1))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0 || !part.AsSpan(0, equals).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            return part[(equals + 1)..].Trim().Trim('"');
        }
        return null;
    }

    // No weight is 1; one that is no number asks for nothing.
    private static double Weight(string? text) => text is null ? 1
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight)
            && weight is >= 0 and <= 1 ? weight : 0;
}
