using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>Maps, programs and links of bpf(2), each a descriptor: when the last one is closed, by us or by our end, the kernel removes
/// it.</summary>
/// <remarks><b>Threading:</b> any thread. The caller owns the handles.</remarks>
internal static unsafe class Bpf
{
    private const int LogBytes = 64 * 1024;

    /// <summary>Makes a map.</summary>
    public static SafeFileHandle CreateMap(string text, uint type, int keyBytes, int valueBytes, int entries)
    {
        uint* attributes = stackalloc uint[Libc.BpfAttributeBytes / sizeof(uint)];
        new Span<byte>(attributes, Libc.BpfAttributeBytes).Clear();
        attributes[0] = type;
        attributes[1] = (uint)keyBytes;
        attributes[2] = (uint)valueBytes;
        attributes[3] = (uint)entries;
        return Call(Libc.BPF_MAP_CREATE, attributes, out int error)
            ?? throw XdpRefusal.Of(text, "a BPF map", error);
    }

    /// <summary>Sets, looks up or deletes an entry.</summary>
    /// <returns>0, or errno.</returns>
    public static int Entry(int command, SafeFileHandle map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        ulong* attributes = stackalloc ulong[Libc.BpfAttributeBytes / sizeof(ulong)];
        new Span<byte>(attributes, Libc.BpfAttributeBytes).Clear();
        fixed (byte* keyBytes = key, valueBytes = value)
        {
            attributes[0] = (uint)map.DangerousGetHandle();
            attributes[1] = (ulong)keyBytes;
            attributes[2] = (ulong)valueBytes;
            return Libc.bpf(command, attributes, Libc.BpfAttributeBytes) >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Loads an XDP program.</summary>
    /// <param name="code">Its instructions.</param>
    /// <param name="hasFrags">It may see packets in several pieces.</param>
    /// <param name="error">errno.</param>
    /// <param name="log">What the verifier said against it; empty when it did not come to that.</param>
    /// <returns>Null when the kernel refuses.</returns>
    public static SafeFileHandle? LoadProgram(Libc.bpf_insn[] code, bool hasFrags, out int error, out string log)
    {
        uint* attributes = stackalloc uint[Libc.BpfAttributeBytes / sizeof(uint)];
        new Span<byte>(attributes, Libc.BpfAttributeBytes).Clear();
        byte[] said = new byte[LogBytes];
        log = "";
        fixed (Libc.bpf_insn* first = code)
        fixed (byte* license = "BSD\0"u8, logBuffer = said)
        {
            attributes[0] = Libc.BPF_PROG_TYPE_XDP;
            attributes[1] = (uint)code.Length;
            ((ulong*)attributes)[1] = (ulong)first;
            ((ulong*)attributes)[2] = (ulong)license;
            attributes[11] = hasFrags ? Libc.BPF_F_XDP_HAS_FRAGS : 0;
            "recv_steer"u8.CopyTo(new Span<byte>(attributes + 12, 16));
            attributes[17] = Libc.BPF_XDP;
            SafeFileHandle? program = Call(Libc.BPF_PROG_LOAD, attributes, out error);
            if (program is not null || error is Libc.EPERM) return program;
            attributes[6] = 1;
            attributes[7] = LogBytes;
            ((ulong*)attributes)[4] = (ulong)logBuffer;
            program = Call(Libc.BPF_PROG_LOAD, attributes, out error);
            log = Encoding.ASCII.GetString(said).TrimEnd('\0').Trim();
            return program;
        }
    }

    /// <summary>Attaches a program to an interface, for as long as the result lives.</summary>
    /// <returns>Null when the kernel refuses.</returns>
    public static SafeFileHandle? Attach(SafeFileHandle program, int interfaceIndex, uint flags, out int error)
    {
        uint* attributes = stackalloc uint[Libc.BpfAttributeBytes / sizeof(uint)];
        new Span<byte>(attributes, Libc.BpfAttributeBytes).Clear();
        attributes[0] = (uint)program.DangerousGetHandle();
        attributes[1] = (uint)interfaceIndex;
        attributes[2] = Libc.BPF_XDP;
        attributes[3] = flags;
        return Call(Libc.BPF_LINK_CREATE, attributes, out error);
    }

    private static SafeFileHandle? Call(int command, void* attributes, out int error)
    {
        int descriptor = Libc.bpf(command, attributes, Libc.BpfAttributeBytes);
        error = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }
}
