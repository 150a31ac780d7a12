using System.Collections.Immutable;
using Recv.Metrics;

namespace Recv.Sensors;

/// <summary>The sensors as figures: value, status and time of each.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public static class SensorTable
{
    private static readonly RowsOf<SensorSet, Sensor> PerSensor = new(["sensor"], sensors => [.. sensors.All], sensor => [sensor.Name]);

    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<SensorSet>> All { get; } =
    [
        PerSensor.Gauge("recv_sensor_value", FigureUnit.None,
            "Value of a sensor: a number, a Unix time in seconds, or the place of a word in its list (rx.device-status: 0 ok, 1 degraded)",
            sensor => sensor.Number),
        PerSensor.Gauge("recv_sensor_status", FigureUnit.None,
            "Status of a sensor: 0 unknown, 1 nominal, 2 warn, 3 error, 4 failure, 5 unreachable, 6 inactive",
            sensor => (double)sensor.Reading.Status),
        PerSensor.Gauge("recv_sensor_timestamp_seconds", FigureUnit.Seconds, "Unix time of a sensor's reading",
            sensor => (double)sensor.Reading.Timestamp),
    ];
}
