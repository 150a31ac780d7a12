namespace Recv.Sensors;

/// <summary>The sensors of a receiver, by name.</summary>
/// <remarks>
/// <b>Threading:</b> any thread may read, set and subscribe. Readings are set one at a time, and <see cref="Changed"/> is
/// raised in that order on
/// the thread that sets: a subscriber must neither wait nor throw.
/// </remarks>
public sealed class SensorSet
{
    private readonly Lock _setting = new();
    private readonly SortedDictionary<string, Sensor> _sensors = new(StringComparer.Ordinal);

    /// <summary>A set of these sensors; none comes or goes once anybody uses it.</summary>
    public SensorSet(params IEnumerable<Sensor> sensors)
    {
        foreach (Sensor sensor in sensors) Add(sensor);
    }

    /// <summary>All, sorted by name.</summary>
    public IReadOnlyCollection<Sensor> All => _sensors.Values;

    /// <summary>The sensor, its reading before and its reading now.</summary>
    public event Action<Sensor, SensorReading, SensorReading>? Changed;

    /// <summary>The sensor of that name, or null.</summary>
    public Sensor? Find(string name) => _sensors.GetValueOrDefault(name);

    /// <summary>Gives a sensor a new reading.</summary>
    public void Set(Sensor sensor, SensorReading reading)
    {
        lock (_setting)
        {
            SensorReading before = sensor.Reading;
            sensor.Store(reading);
            Changed?.Invoke(sensor, before, reading);
        }
    }

    /// <summary>While it is built.</summary>
    internal Sensor Add(Sensor sensor)
    {
        _sensors.Add(sensor.Name, sensor);
        return sensor;
    }

    /// <summary>Gives a sensor a new status if its reading is still the one that the caller saw.</summary>
    internal bool SetIfStill(Sensor sensor, SensorReading seen, SensorReading reading)
    {
        lock (_setting)
        {
            if (!ReferenceEquals(sensor.Reading, seen)) return false;
            Set(sensor, reading);
            return true;
        }
    }
}
