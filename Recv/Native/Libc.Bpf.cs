using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>linux/bpf.h and linux/if_link.h: programs and maps in the kernel (bpf(2)).</summary>
internal static unsafe partial class Libc
{
    public const int BPF_MAP_CREATE = 0;
    public const int BPF_MAP_LOOKUP_ELEM = 1;
    public const int BPF_MAP_UPDATE_ELEM = 2;
    public const int BPF_MAP_DELETE_ELEM = 3;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_LINK_CREATE = 28;

    public const uint BPF_MAP_TYPE_HASH = 1;
    public const uint BPF_MAP_TYPE_ARRAY = 2;
    public const uint BPF_MAP_TYPE_XSKMAP = 17;
    public const uint BPF_PROG_TYPE_XDP = 6;

    /// <summary>Attach type BPF_XDP.</summary>
    public const uint BPF_XDP = 37;

    /// <summary>The program understands packets in several pieces (BPF_F_XDP_HAS_FRAGS).</summary>
    public const uint BPF_F_XDP_HAS_FRAGS = 1 << 5;

    /// <summary>Flags of an XDP link: in the stack, or in the driver.</summary>
    public const uint XDP_FLAGS_SKB_MODE = 1 << 1;
    public const uint XDP_FLAGS_DRV_MODE = 1 << 2;

    /// <summary>Room for the arguments of any command; what is not used must be zero.</summary>
    public const int BpfAttributeBytes = 128;

    /// <summary>One instruction of a program (struct bpf_insn).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct bpf_insn
    {
        public byte code;

        /// <summary>Destination register in the low half, source register in the high one.</summary>
        public byte regs;
        public short off;
        public int imm;
    }

    /// <summary>bpf(2): a descriptor or 0; -1 with errno.</summary>
    public static int bpf(int command, void* attributes, uint size) =>
        (int)syscall(SystemCalls.Here.Bpf, command, (nint)attributes, (nint)size);
}
