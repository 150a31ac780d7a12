namespace Recv.Sinks.Gpu;

/// <summary>Work on a device that failed: which device, what was being done, which error, and what that means for the user.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class GpuException : RecvException
{
    /// <summary>Work that failed.</summary>
    /// <param name="device">Address and name of the device.</param>
    /// <param name="work">What was being done, as in "an upload".</param>
    /// <param name="error">The error as the driver's header calls it, or in words.</param>
    /// <param name="kind">What went wrong, where that is known.</param>
    /// <param name="inner">What ILGPU threw.</param>
    public GpuException(string device, string work, string error, GpuFailure kind, Exception? inner = null)
        : base($"{device}: {work} failed with {error}{Advice(kind)}", Host, inner)
    {
        Error = error;
        Kind = kind;
    }

    /// <summary>The error as the driver's header calls it, or in words.</summary>
    public string Error { get; }

    /// <summary>What went wrong, where that is known.</summary>
    public GpuFailure Kind { get; }

    private static string Advice(GpuFailure kind) => kind switch
    {
        GpuFailure.OutOfMemory => "; the device is out of memory: make chunks smaller, or end what else uses it",
        GpuFailure.DeviceLost => "; the device is lost to this process: look at the kernel's log (dmesg), then start again",
        _ => "",
    };
}

/// <summary>What a failed call to a device means.</summary>
public enum GpuFailure
{
    /// <summary>Something else; the error says what.</summary>
    Other,

    /// <summary>No memory left on the device.</summary>
    OutOfMemory,

    /// <summary>The device does not answer to this process any more, whatever is called.</summary>
    DeviceLost,
}
