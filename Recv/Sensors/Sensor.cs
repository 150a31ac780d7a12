using System.Collections.Immutable;

namespace Recv.Sensors;

/// <summary>One named thing that an operator watches, with its latest reading.</summary>
/// <remarks><b>Threading:</b> any thread reads; it is set through its <see cref="SensorSet"/>.</remarks>
public sealed class Sensor
{
    private SensorReading _reading;

    /// <summary>A sensor with its first reading, whose value says its type.</summary>
    /// <param name="name">Letters, digits, dots, dashes (katcp 5.1, section 7).</param>
    /// <param name="description">For people.</param>
    /// <param name="units">For people; may be empty.</param>
    /// <param name="initial">Before anything is known.</param>
    /// <param name="choices">Words of a discrete sensor.</param>
    public Sensor(string name, string description, string units, SensorReading initial, params ImmutableArray<string> choices)
    {
        Name = name;
        Description = description;
        Units = units;
        Choices = choices;
        _reading = initial;
    }

    /// <summary>Unique in its set.</summary>
    public string Name { get; }

    /// <summary>What it tells.</summary>
    public string Description { get; }

    /// <summary>Of the value; empty where there are none.</summary>
    public string Units { get; }

    /// <summary>Words that a discrete sensor may say, in the order in which a gauge numbers them; else empty.</summary>
    public ImmutableArray<string> Choices { get; }

    /// <summary>Kind of its value.</summary>
    public SensorType Type => Reading.Value.Type;

    /// <summary>The latest.</summary>
    public SensorReading Reading => Volatile.Read(ref _reading);

    /// <summary>The latest value as a number: a choice is its place in <see cref="Choices"/>.</summary>
    public double Number => Reading.Value is var value && value.Type == SensorType.Discrete
        ? Choices.IndexOf(value.ToString())
        : value.Type == SensorType.Integer ? value.Integer : (double)value.Seconds;

    /// <summary>The new reading, after each; raised as <see cref="SensorSet.Changed"/> is, and with the same rules.</summary>
    public event Action<SensorReading>? Changed;

    /// <summary>By the set only, under its lock.</summary>
    internal void Store(SensorReading reading)
    {
        Volatile.Write(ref _reading, reading);
        Changed?.Invoke(reading);
    }
}
