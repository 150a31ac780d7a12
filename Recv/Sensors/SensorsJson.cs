using System.Text.Json.Nodes;

namespace Recv.Sensors;

/// <summary>The sensors as JSON: an object by name, for <c>/sensors</c>.</summary>
/// <remarks><b>Threading:</b> any thread; each reading is whole, the page as a whole is not one moment.</remarks>
public static class SensorsJson
{
    /// <summary>Content type of the page.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    // Nanoseconds.
    private const int Digits = 9;

    /// <summary>Writes them.</summary>
    public static string Write(SensorSet sensors)
    {
        var page = new JsonObject();
        foreach (Sensor sensor in sensors.All) page[sensor.Name] = Describe(sensor);
        return page.ToJsonString() + "\n";
    }

    private static JsonObject Describe(Sensor sensor)
    {
        SensorReading reading = sensor.Reading;
        var json = new JsonObject
        {
            ["value"] = reading.Value.Type switch
            {
                SensorType.Integer => JsonValue.Create(reading.Value.Integer),
                SensorType.Timestamp => JsonValue.Create(Math.Round(reading.Value.Seconds, Digits)),
                _ => JsonValue.Create(reading.Value.ToString()),
            },
            ["status"] = reading.Status.Name(),
            ["timestamp"] = Math.Round(reading.Timestamp, Digits),
            ["type"] = sensor.Type.ToString().ToLowerInvariant(),
            ["units"] = sensor.Units,
            ["description"] = sensor.Description,
        };
        if (sensor.Choices.Length > 0) json["choices"] = new JsonArray([.. sensor.Choices.Select(choice => JsonValue.Create(choice))]);
        return json;
    }
}
