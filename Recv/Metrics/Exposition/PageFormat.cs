using System.Buffers;
using System.Text;

namespace Recv.Metrics.Exposition;

/// <summary>
/// One of the two forms in which a page is written: Prometheus text 0.0.4
/// (prometheus.io/docs/instrumenting/exposition_formats) and OpenMetrics 1.0 (its specification, section "Text format").
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class PageFormat
{
    /// <summary>The older form.</summary>
    public static readonly PageFormat Text = new("text", "text/plain; version=0.0.4; charset=utf-8", isOpenMetrics: false);

    /// <summary>The form with units, created times and an end.</summary>
    public static readonly PageFormat OpenMetrics = new("openmetrics",
        "application/openmetrics-text; version=1.0.0; charset=utf-8", isOpenMetrics: true);

    private readonly bool _isOpenMetrics;

    private PageFormat(string name, string contentType, bool isOpenMetrics)
    {
        Name = name;
        ContentType = contentType;
        _isOpenMetrics = isOpenMetrics;
    }

    /// <summary>As <c>?format=</c> names it.</summary>
    public string Name { get; }

    /// <summary>Of the response.</summary>
    public string ContentType { get; }

    /// <summary>Writes a page.</summary>
    public void Write(MetricPage page, IBufferWriter<byte> output)
    {
        var writer = new Utf8Writer(output);
        foreach (MetricFamily family in page.Families) Write(writer, family);
        if (_isOpenMetrics) writer.Text("# EOF\n");
    }

    /// <summary>The page as a string.</summary>
    public string ToString(MetricPage page)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(page, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8Writer writer, MetricFamily family)
    {
        // The older form describes what the samples are called, the newer one what the family is called.
        string name = _isOpenMetrics ? family.Name : family.Name + family.Kind switch
        {
            MetricKind.Counter => "_total",
            MetricKind.Info => "_info",
            _ => "",
        };
        writer.Text($"# HELP {name} ");
        writer.Escaped(family.Help, quotes: _isOpenMetrics);
        writer.Text($"\n# TYPE {name} {Word(family.Kind)}\n");
        if (_isOpenMetrics && family.Unit.Length > 0) writer.Text($"# UNIT {name} {family.Unit}\n");
        for (int i = 0; i < family.Samples.Count; i++)
        {
            MetricSample sample = family.Samples[i];
            Write(writer, family.Name, sample.Suffix, sample.Labels, withBound: true);
            writer.Number(sample.Value);
            writer.Text("\n");
            // Created follows the last sample of its labels: of a histogram, the sum.
            if (!_isOpenMetrics || sample.Created is not { } created || sample.Suffix is not ("_total" or "_sum")) continue;
            Write(writer, family.Name, "_created", sample.Labels, withBound: false);
            writer.UnixTime(created);
            writer.Text("\n");
        }
    }

    private string Word(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        MetricKind.Info when _isOpenMetrics => "info",
        _ => "gauge",
    };

    private static void Write(Utf8Writer writer, string family, string suffix, KeyValuePair<string, object?>[] labels, bool withBound)
    {
        writer.Text(family);
        writer.Text(suffix);
        string before = "{";
        foreach ((string label, object? value) in labels)
        {
            if (!withBound && label == InstrumentKind.BoundLabel) continue;
            writer.Text(before);
            writer.Text(label);
            writer.Text("=\"");
            writer.Escaped($"{value}", quotes: true);
            writer.Text("\"");
            before = ",";
        }
        writer.Text(before == "{" ? " " : "} ");
    }
}
