using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Roj.Host.Http;

/// <summary>What a <see cref="Meter"/> measures, in Prometheus' text format (0.0.4). Counters and gauges; nothing else is measured here.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    // Labels come from our own few words, never from others: this many of one instrument are a mistake, and the rest is left out.
    private const int SeriesMax = 256;

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();

    public PrometheusText(Meter meter)
    {
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == meter)
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
    }

    public void Dispose() => listener.Dispose();

    /// <summary>Asks the instruments that are asked, and writes all down.</summary>
    public string Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (gate)
        {
            foreach (var (name, family) in families)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {family.Help}\n# TYPE {name} {family.Type}\n");
                foreach (var (labels, value) in family.Series)
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
            }
        }

        return text.ToString();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (isCounter, isSum) = Kind(instrument);
        var name = Name(instrument, isCounter);
        var labels = Labels(tags);
        lock (gate)
        {
            if (!families.TryGetValue(name, out var family))
                families[name] = family = new Family(isCounter ? "counter" : "gauge", Escape(instrument.Description ?? name));
            if (family.Series.TryGetValue(labels, out var before) || family.Series.Count < SeriesMax)
                family.Series[labels] = isSum ? before + value : value;
        }
    }

    // Counters report what is added; observable instruments report what is.
    private static (bool IsCounter, bool IsSum) Kind(Instrument instrument) => instrument switch
    {
        Counter<int> or Counter<long> or Counter<double> => (true, true),
        UpDownCounter<int> or UpDownCounter<long> or UpDownCounter<double> => (false, true),
        ObservableCounter<int> or ObservableCounter<long> or ObservableCounter<double> => (true, false),
        _ => (false, false),
    };

    private static string Name(Instrument instrument, bool isCounter)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        return instrument.Name.Replace('.', '_').Replace('-', '_') + unit + (isCounter ? "_total" : "");
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder("{");
        foreach (var (name, value) in tags)
        {
            var written = Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            written = written.Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(text.Length > 1 ? "," : "").Append(name).Append("=\"").Append(written).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed record Family(string Type, string Help)
    {
        public SortedDictionary<string, double> Series { get; } = new(StringComparer.Ordinal);
    }
}
