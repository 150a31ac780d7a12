using System.Globalization;
using System.Text.Json.Nodes;

namespace Recv.Inspect;

/// <summary>The values of a number over time: constant, a few, or a range with its step.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ValueSeries
{
    // As many as a person looks at one by one.
    private const int Few = 16;

    // Enough for the antennas of any array and the substreams of any correlator.
    public const int MostDistinct = 8192;

    private readonly HashSet<long> _distinct = [];

    public long Count { get; private set; }

    public long First { get; private set; }

    public long Last { get; private set; }

    public long Min { get; private set; } = long.MaxValue;

    public long Max { get; private set; } = long.MinValue;

    /// <summary>The greatest number that all differences are multiples of; 0 while there is one value.</summary>
    public long Step { get; private set; }

    /// <summary>Different values, sorted; only some when there are more than <see cref="MostDistinct"/>.</summary>
    public IReadOnlyList<long> Distinct => [.. _distinct.Order()];

    /// <summary>Whether <see cref="Distinct"/> has all values.</summary>
    public bool HasAll { get; private set; } = true;

    public bool IsConstant => Min == Max;

    public void Add(long value)
    {
        if (Count++ == 0) First = value;
        Last = value;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Step = Gcd(Step, Math.Abs(value - First));
        if (_distinct.Count < MostDistinct) _distinct.Add(value);
        else if (!_distinct.Contains(value)) HasAll = false;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["first"] = First, ["last"] = Last, ["min"] = Min, ["max"] = Max, ["step"] = Step };
        if (HasAll) json["distinct"] = _distinct.Count;
        if (HasAll && _distinct.Count <= Few) json["values"] = new JsonArray([.. Distinct.Select(value => (JsonNode)value)]);
        return json;
    }

    public override string ToString()
    {
        if (Count == 0) return "";
        if (IsConstant) return $"constant {Text(First)}";
        if (HasAll && _distinct.Count <= Few) return $"{_distinct.Count} values: {string.Join(", ", Distinct.Select(Text))}";
        return $"{Text(Min)} to {Text(Max)}, step {Text(Step)}{(HasAll ? $", {_distinct.Count} values" : "")}";
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Gcd(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
