namespace Recv.Sensors;

/// <summary>What a sensor says: when, how good, what.</summary>
/// <param name="Timestamp">When it was true, in seconds since the Unix epoch: of the data where there are any, else of the clock.</param>
/// <param name="Status">How good it is.</param>
/// <param name="Value">What it is.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SensorReading(decimal Timestamp, SensorStatus Status, SensorValue Value);
