using System.Diagnostics.Metrics;

namespace Recv.Sensors;

/// <summary>The sensors as gauges of a meter: value and status of each.</summary>
/// <remarks><b>Threading:</b> read on the thread of whoever collects; gone with the meter.</remarks>
public static class SensorGauges
{
    /// <summary>Adds them.</summary>
    public static void Add(Meter meter, SensorSet sensors)
    {
        meter.CreateObservableGauge("recv_sensor_value", () => Read(sensors, sensor => sensor.Number),
            description: "Value of a sensor: a number, a Unix time in seconds, or the place of a word in its list");
        meter.CreateObservableGauge("recv_sensor_status", () => Read(sensors, sensor => (double)sensor.Reading.Status),
            description: "Status of a sensor: 0 unknown, 1 nominal, 2 warn, 3 error, 4 failure, 5 unreachable, 6 inactive");
        meter.CreateObservableGauge("recv_sensor_timestamp_seconds", () => Read(sensors, sensor => (double)sensor.Reading.Timestamp), unit: "s",
            description: "Unix time of a sensor's reading");
    }

    private static IEnumerable<Measurement<double>> Read(SensorSet sensors, Func<Sensor, double> number) =>
        sensors.All.Select(sensor => new Measurement<double>(number(sensor), new KeyValuePair<string, object?>("sensor", sensor.Name)));
}
