using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Recv.Metrics;

/// <summary>Writes the instruments of a meter as a page in Prometheus text format 0.0.4.</summary>
/// <remarks><b>Threading:</b> any thread; each page is collected anew.</remarks>
public static class PrometheusText
{
    /// <summary>Content type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Collects and writes.</summary>
    public static string Write(Meter meter)
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(families, instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Add(families, instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(families, instrument, value, labels));
        listener.Start();
        listener.RecordObservableInstruments();

        var page = new StringBuilder();
        foreach ((string name, Family family) in families)
        {
            page.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
            page.Append("# TYPE ").Append(name).Append(' ').Append(family.IsCounter ? "counter" : "gauge").Append('\n');
            foreach (string sample in family.Samples) page.Append(sample).Append('\n');
        }
        return page.ToString();
    }

    private static void Add<T>(SortedDictionary<string, Family> families, Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        where T : struct, IFormattable
    {
        bool isCounter = instrument is ObservableCounter<T>;
        string name = isCounter ? instrument.Name + "_total" : instrument.Name;
        if (!families.TryGetValue(name, out Family? family)) families.Add(name, family = new Family(instrument.Description ?? "", isCounter));
        var sample = new StringBuilder(name);
        for (int i = 0; i < labels.Length; i++)
        {
            sample.Append(i == 0 ? '{' : ',').Append(labels[i].Key).Append("=\"").Append(EscapeLabel($"{labels[i].Value}")).Append('"');
        }
        if (labels.Length > 0) sample.Append('}');
        family.Samples.Add(sample.Append(' ').Append(Number(value)).ToString());
    }

    // Go's words, which Prometheus reads, where .NET has its own.
    private static string Number<T>(T value) where T : struct, IFormattable => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(null, CultureInfo.InvariantCulture),
    };

    private static string EscapeLabel(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class Family(string help, bool isCounter)
    {
        public string Help => help;

        public bool IsCounter => isCounter;

        public List<string> Samples { get; } = [];
    }
}
