namespace Recv.Sensors.Katcp;

/// <summary>What bounds the harm that clients can do to a <see cref="KatcpServer"/>.</summary>
public sealed record KatcpOptions
{
    /// <summary>Clients at one time; one more is told so and disconnected. Default: 64.</summary>
    public int MaxClients { get; init; } = 64;

    /// <summary>Bytes of a line; whoever sends a longer one is disconnected. Default: 64 KiB, thousands of sensor names.</summary>
    public int MaxLineBytes { get; init; } = 64 << 10;

    /// <summary>Messages that wait for a client to read; one more report of a sensor and it is disconnected. Default: 1024.</summary>
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>How long a client may take no byte at all of what waits for it. Default: 10 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What sampling periods are measured with, and the time of log messages. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
