using System.Collections.Immutable;
using Recv.Files;
using Recv.Layouts.Expressions;

namespace Recv.Layouts.Yaml;

/// <summary>YAML → <see cref="LayoutDocument"/>: knows the grammar's keys and names.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class LayoutReader
{
    /// <summary>The axis whose index is the timestamp's.</summary>
    public const string TimeAxis = "time";

    // Statistics that a stream counts itself; a layout's own must not look the same in metrics.
    private static readonly string[] StreamStatistics =
    [
        "heaps", "incomplete_heaps_evicted", "incomplete_heaps_flushed", "packets", "batches", "max_batch",
        "single_packet_heaps", "worker_blocked", "too_old_heaps", "rejected_heaps", "search_dist",
        "bad_index_heaps", "arithmetic_heaps",
    ];

    private readonly Dictionary<string, (string What, Position At)> _names = [];

    /// <summary>Reads a layout.</summary>
    /// <param name="file">Name for error messages.</param>
    /// <param name="text">Contents.</param>
    /// <exception cref="RecvException">A mistake, with file, line, column, reason and remedy.</exception>
    public static LayoutDocument Read(string file, string text) => new LayoutReader().Layout(YamlFile.Read(file, text));

    private LayoutDocument Layout(YamlMap map)
    {
        map.Allow("name", "description", "parameters", "constants", "items", "packet_heaps", "heap_bytes", "timestamp", "axes",
            "checks", "extra", "samples", "adc_rate", "sync_time");
        string name = map.RequiredText("name");
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw map.ValueAt("name").Error($"'{name}' is not a name; use letters, digits, '-', '_' and '.'");
        var parameters = Named(map.OptionalMap("parameters"), "a parameter");
        var constants = Named(map.OptionalMap("constants"), "a constant");
        var items = Items(map.Map("items"));
        return new LayoutDocument
        {
            Name = name,
            Description = map.OptionalText("description") ?? "",
            Parameters = parameters,
            Constants = constants,
            Items = items,
            PacketHeaps = map.OptionalExpression("packet_heaps"),
            HeapBytes = map.Expression("heap_bytes"),
            Timestamp = Timestamp(map.Map("timestamp"), items),
            Axes = Axes(map),
            Checks = [.. map.Maps("checks", required: false, "a check").Select(Check)],
            Extra = Extra(map.OptionalMap("extra")),
            Samples = Samples(map.OptionalMap("samples")),
            AdcRate = AdcRate(map),
            SyncTime = SyncTime(map),
        };
    }

    // A number may have a fraction or an exponent, which expressions have not.
    private static RateDeclaration? AdcRate(YamlMap map)
    {
        if (map.OptionalText("adc_rate") is not string text) return null;
        if (SampleClock.TryParseAdcRate(text, out double hertz)) return new(map.ValueAt("adc_rate"), hertz, null);
        return new(map.ValueAt("adc_rate"), 0, map.Expression("adc_rate"));
    }

    private static decimal? SyncTime(YamlMap map)
    {
        if (map.OptionalText("sync_time") is not string text) return null;
        return SampleClock.TryParseSyncTime(text, out decimal seconds)
            ? seconds
            : throw map.ValueAt("sync_time").Error(
                $"sync_time '{text}' is not a time; give Unix seconds (1700000000.5) or ISO 8601 (2023-11-14T22:13:20Z)");
    }

    private ImmutableArray<NamedExpression> Named(YamlMap? map, string what)
    {
        if (map is null) return [];
        foreach ((string key, Position at) in map.Keys) Declare(key, at, what);
        return [.. map.Keys.Select(entry => new NamedExpression(entry.Key, entry.At, map.Expression(entry.Key)))];
    }

    private ImmutableArray<ItemDeclaration> Items(YamlMap map)
    {
        var items = ImmutableArray.CreateBuilder<ItemDeclaration>();
        foreach ((string key, Position at) in map.Keys)
        {
            Declare(key, at, "an item");
            YamlMap item = map.Map(key).Allow("id", "required", "default", "byte_order");
            items.Add(new(key, at, item.Expression("id"),
                item.OptionalExpression("required"), item.OptionalExpression("default"), IsLittle(item)));
        }
        return items.ToImmutable();
    }

    private static bool IsLittle(YamlMap item) => item.OptionalText("byte_order") switch
    {
        null or "big" => false,
        "little" => true,
        string other => throw item.ValueAt("byte_order")
            .Error($"unknown byte order '{other}'; known: big (of the network, and of SPEAD), little"),
    };

    private void Declare(string name, Position at, string what)
    {
        if (!Lexer.IsName(name))
            throw at.Error(
                $"'{name}' cannot be the name of {what}; "
                + "use letters, digits and '_', not true or false, no digit first");
        if (!_names.TryAdd(name, (what, at)))
            throw at.Error(
                $"'{name}' is already {_names[name].What} (line {_names[name].At.Line}); choose another name");
    }

    private static TimestampDeclaration Timestamp(YamlMap map, ImmutableArray<ItemDeclaration> items)
    {
        map.Allow("item", "value", "bits", "step", "mask");
        if (map.OptionalExpression("value") is { } value)
        {
            if (map.Has("item")) throw map.ValueAt("item").Error("the timestamp has an item and a value; remove one of the two");
            return new(items.Length, value.Start, value, map.OptionalExpression("bits"), map.Expression("step"),
                map.OptionalExpression("mask"));
        }
        string name = map.RequiredText("item");
        int item = items.ToList().FindIndex(declared => declared.Name == name);
        if (item < 0)
            throw map.ValueAt("item").Error(
                $"'{name}' is not an item; known: {string.Join(", ", items.Select(known => known.Name))}");
        return new(item, map.ValueAt("item"), Value: null,
            map.OptionalExpression("bits"), map.Expression("step"), map.OptionalExpression("mask"));
    }

    private static ImmutableArray<AxisDeclaration> Axes(YamlMap map)
    {
        var axes = ImmutableArray.CreateBuilder<AxisDeclaration>();
        foreach (YamlMap axis in map.Maps("axes", required: true, "an axis"))
        {
            axis.Allow("name", "size", "index", "stride", "labels");
            string name = axis.RequiredText("name");
            var index = axis.OptionalExpression("index");
            if (axes.Any(other => other.Name == name))
                throw axis.ValueAt("name").Error($"a second axis '{name}'; axes need different names");
            if (name == TimeAxis && index is not null)
                throw index.Start.Error("the axis 'time' has an index; its index is that of the timestamp, remove it");
            if (name != TimeAxis && index is null)
                throw axis.At.Error(
                    $"axis '{name}' has no index; give it one (only the axis 'time' goes by the timestamp)");
            axes.Add(new(name, axis.At,
                axis.Expression("size"), index, axis.OptionalExpression("stride"), [.. axis.Texts("labels")]));
        }
        return axes.Any(axis => axis.Name == TimeAxis)
            ? axes.ToImmutable()
            : throw map.ValueAt("axes").Error("no time axis; add {name: time, size: BATCHES}");
    }

    private static CheckDeclaration Check(YamlMap map)
    {
        map.Allow("statistic", "unless");
        string name = map.RequiredText("statistic");
        if (!Lexer.IsName(name) || name.Any(char.IsAsciiLetterUpper))
            throw map.ValueAt("statistic").Error(
                $"'{name}' is not a statistic's name; use lower-case letters, digits and '_'");
        if (StreamStatistics.Contains(name))
            throw map.ValueAt("statistic").Error(
                $"'{name}' is counted by every stream; choose another name, such as bad_{name}");
        return new(name, map.Expression("unless"));
    }

    private static ExtraDeclaration? Extra(YamlMap? map)
    {
        if (map is null) return null;
        map.Allow("name", "dtype", "value");
        string dtype = map.RequiredText("dtype");
        int bytes = Dtypes.ExtraBytes(dtype);
        if (bytes == 0)
            throw map.ValueAt("dtype").Error($"unknown dtype '{dtype}'; known: {string.Join(", ", Dtypes.Extra)}");
        return new(map.RequiredText("name"), dtype, bytes, map.Expression("value"));
    }

    private static SamplesDeclaration? Samples(YamlMap? map)
    {
        if (map is null) return null;
        map.Allow("dtype", "bits", "complex", "big_endian");
        return new(map.RequiredText("dtype"), map.ValueAt("dtype"), map.OptionalExpression("bits"),
            map.OptionalExpression("complex"), map.OptionalExpression("big_endian"));
    }
}
