namespace Recv.Sensors;

/// <summary>The one sensor that sums the others up: <c>ok</c> while all of them are nominal, else <c>degraded</c>.</summary>
/// <remarks>It never says <c>fail</c>: a receiver that cannot be used does not answer. <b>Threading:</b> as <see cref="SensorSet"/>.</remarks>
internal static class DeviceStatus
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string Fail = "fail";

    /// <summary>Adds it to a set that has all the others, which it follows from then on.</summary>
    public static void AddTo(SensorSet set, decimal now)
    {
        Sensor device = set.Add(new Sensor("rx.device-status", "The receiver gets a good, clean stream of data", "", Reading(now, good: false), Ok, Degraded, Fail));
        set.Changed += (sensor, before, now) =>
        {
            if (sensor == device || before.Status == now.Status) return;
            bool good = set.All.All(other => other == device || other.Reading.Status <= SensorStatus.Nominal);
            if (good != (device.Reading.Status == SensorStatus.Nominal)) set.Set(device, Reading(now.Timestamp, good));
        };
    }

    private static SensorReading Reading(decimal timestamp, bool good) => good
        ? new SensorReading(timestamp, SensorStatus.Nominal, SensorValue.Choice(Ok))
        : new SensorReading(timestamp, SensorStatus.Warn, SensorValue.Choice(Degraded));
}
