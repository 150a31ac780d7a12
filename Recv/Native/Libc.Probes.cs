using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>Questions to the kernel that change nothing.</summary>
internal static unsafe partial class Libc
{
    /// <summary>Whether a socket of this kind can be had.</summary>
    /// <returns>0, or errno.</returns>
    public static int TrySocket(int domain, int type)
    {
        int descriptor = socket(domain, type | SOCK_CLOEXEC, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        return 0;
    }

    /// <summary>The commands of membarrier(2) that this kernel has, a bit each; -1 when it has none.</summary>
    public static int MembarrierCommands() =>
        // MEMBARRIER_CMD_QUERY.
        (int)syscall(SystemCalls.Here.Membarrier, 0, 0, 0);
}
