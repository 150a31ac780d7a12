namespace Recv.Sensors;

/// <summary>How good a reading is: the statuses of katcp (specification 5.1, table 8), in its order.</summary>
public enum SensorStatus
{
    /// <summary>No reading yet.</summary>
    Unknown,

    /// <summary>As it should be.</summary>
    Nominal,

    /// <summary>Outside of what is normal.</summary>
    Warn,

    /// <summary>Critical.</summary>
    Error,

    /// <summary>It cannot be read, and no value goes with it.</summary>
    Failure,

    /// <summary>It cannot be reached, and no value goes with it.</summary>
    Unreachable,

    /// <summary>It does not apply at present, and no value goes with it.</summary>
    Inactive,
}

/// <summary>The words of the protocol for statuses.</summary>
public static class SensorStatusNames
{
    private static readonly string[] Names = ["unknown", "nominal", "warn", "error", "failure", "unreachable", "inactive"];

    /// <summary>As katcp and <c>/sensors</c> write it.</summary>
    public static string Name(this SensorStatus status) => Names[(int)status];
}
