using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>asm-generic/errno.h: why a call failed.</summary>
internal static unsafe partial class Libc
{
    public const int EPERM = 1;
    public const int EINTR = 4;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int EPIPE = 32;
    public const int ERANGE = 34;
    public const int ENOSYS = 38;
    public const int ENOPROTOOPT = 92;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENOBUFS = 105;

    /// <summary>What errno <paramref name="error"/> means, in words.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>True when a signal cut the call short and it is to be repeated. Right after the call.</summary>
    public static bool Interrupted(int result) => result < 0 && Marshal.GetLastPInvokeError() == EINTR;
}
