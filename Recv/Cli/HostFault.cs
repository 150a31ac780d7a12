using System.Net.Sockets;
using System.Reflection;
using Recv.Native;

namespace Recv.Cli;

/// <summary>Words for what the host refuses to the process as a whole: files and memory that are used up look like anything.</summary>
/// <remarks><b>Threading:</b> pure, but asks the host for its limits.</remarks>
internal static class HostFault
{
    // A run with HTTP has some 160 open, most of them the runtime's own assemblies.
    private const ulong LeastFiles = 256;

    /// <summary>Why nothing can be begun that opens so many sockets, under the limits of this process; or null.</summary>
    public static string? OfSockets(int sockets)
    {
        ulong files = ResourceLimits.Of(Libc.RLIMIT_NOFILE), needed = LeastFiles + (ulong)sockets;
        string why = sockets == 0 ? "" : $", {sockets} of them sockets, one for each address";
        return files < needed
            ? $"this process may have {files} files open and needs {needed}{why}; ulimit -n {needed}, or LimitNOFILE={needed} in a unit"
            : null;
    }

    /// <summary>As <see cref="OfSockets"/>, before they are opened.</summary>
    /// <exception cref="RecvException">So many are not available (exit code 3).</exception>
    public static void RefuseSockets(int sockets)
    {
        if (OfSockets(sockets) is string refusal) throw RecvException.HostRefused(refusal);
    }

    /// <summary>Why a verb ended with <paramref name="error"/>, if that was the host's doing; null for a fault of ours.</summary>
    public static string? Of(Exception error) => error switch
    {
        // Whatever was begun first may meet what is short, and the runtime wraps what it met.
        TypeInitializationException or TargetInvocationException or AggregateException =>
            error.InnerException is { } cause ? Of(cause) : null,
        OutOfMemoryException => "there is no memory left for this process; ask for less (--chunks, --max-chunks), or allow more",
        IOException or UnauthorizedAccessException or SocketException => error.Message,
        _ => null,
    };
}
