using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>linux/filter.h: classic filters of sockets.</summary>
internal static unsafe partial class Libc
{
    /// <summary>One instruction of a classic filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sock_filter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    /// <summary>Argument of SO_ATTACH_FILTER.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }
}
