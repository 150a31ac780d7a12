namespace Recv.Sinks.Gpu;

/// <summary>A call to a device that failed: which device, which call, which code, and what that means for the user.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class GpuException : RecvException
{
    /// <summary>A call that failed.</summary>
    /// <param name="device">Address and name of the device.</param>
    /// <param name="call">The function of the driver.</param>
    /// <param name="code">What it returned.</param>
    /// <param name="codeName">The code's name in the driver's header.</param>
    /// <param name="kind">What went wrong, where that is known.</param>
    /// <param name="detail">More to say, such as a compiler's message or what memory was for.</param>
    public GpuException(string device, string call, int code, string codeName, GpuFailure kind, string detail = "")
        : base($"{device}: {call} failed with {codeName} ({code}){(detail.Length == 0 ? "" : ": " + detail)}{Advice(kind)}", Host)
    {
        Device = device;
        Call = call;
        Code = code;
        Kind = kind;
    }

    /// <summary>Address and name of the device.</summary>
    public string Device { get; }

    /// <summary>The function of the driver.</summary>
    public string Call { get; }

    /// <summary>What it returned.</summary>
    public int Code { get; }

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
    /// <summary>Something else; the code says what.</summary>
    Other,

    /// <summary>No memory left on the device.</summary>
    OutOfMemory,

    /// <summary>The device does not answer to this process any more, whatever is called.</summary>
    DeviceLost,
}
