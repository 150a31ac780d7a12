using System.Runtime.InteropServices;
using Recv.Memory;

namespace Recv.Tests.Support.Memory;

/// <summary>Which pages of a block the kernel has given memory to (mincore(2)).</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe partial class ResidentPages
{
    private const int PageBytes = 4096;

    /// <summary>Whether the page that holds byte <paramref name="at"/> of a block was touched.</summary>
    public static bool Has(NativeBlock block, long at)
    {
        byte page = 0;
        if (mincore((nint)(block.Pointer + at / PageBytes * PageBytes), PageBytes, &page) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        return (page & 1) != 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mincore(nint addr, nuint length, byte* vec);
}
