namespace Recv;

/// <summary>
/// A failure that a person can mend: one line that says what, where and what to do, and the exit code that goes with it.
/// </summary>
/// <remarks><b>Threading:</b> never thrown on a receive thread once it runs.</remarks>
public class RecvException(string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The run found loss or damage that the user asked to treat as failure.</summary>
    public const int Loss = 1;

    /// <summary>The command line, a layout or a configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The host refused something: a file, an address, memory, a right.</summary>
    public const int Host = 3;

    /// <summary>Exit code of the process, one of the constants of this class.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The user asked for something that does not exist or does not fit together (exit code 2).</summary>
    public static RecvException BadUsage(string message, Exception? inner = null) => new(message, Usage, inner);

    /// <summary>The host refused something that the user named (exit code 3).</summary>
    public static RecvException HostRefused(string message, Exception? inner = null) => new(message, Host, inner);
}
