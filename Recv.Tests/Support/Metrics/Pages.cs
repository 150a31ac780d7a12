using System.Globalization;
using System.Text;
using Prometheus;

namespace Recv.Tests.Support.Metrics;

/// <summary>Makes pages of metrics, and reads numbers off them.</summary>
internal static class Pages
{
    /// <summary>The page of a registry as Prometheus text, or as OpenMetrics.</summary>
    public static string Of(CollectorRegistry registry, bool openMetrics = false)
    {
        using var page = new MemoryStream();
        registry.CollectAndExportAsTextAsync(page, openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText)
            .GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(page.ToArray());
    }

    /// <summary>The value of a whole-number sample, named with its labels as they are written.</summary>
    public static long Value(string page, string sample) => long.Parse(Text(page, sample), CultureInfo.InvariantCulture);

    /// <summary>The value of a sample as it is written.</summary>
    public static string Text(string page, string sample)
    {
        string[] found = [.. page.Split('\n').Where(line => line.StartsWith(sample + " ", StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{found.Length} samples '{sample}' on the page:\n{page}");
        return found[0][(sample.Length + 1)..];
    }

    /// <summary>All samples, without the lines that describe them.</summary>
    public static IReadOnlyList<string> Samples(string page) => [.. page.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>All samples of a name, with labels or without.</summary>
    public static IReadOnlyList<string> Samples(string page, string name) =>
        [.. page.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))];

    /// <summary>The values of all samples of a name added up.</summary>
    public static long Sum(string page, string name) =>
        Samples(page, name).Sum(line => (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
