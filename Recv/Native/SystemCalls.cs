using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>Numbers of the system calls that the C library does not wrap (asm/unistd.h).</summary>
/// <param name="Mbind">mbind(2).</param>
/// <param name="Membarrier">membarrier(2).</param>
/// <param name="Bpf">bpf(2).</param>
/// <param name="Futex">futex(2).</param>
internal sealed record SystemCalls(int Mbind, int Membarrier, int Bpf, int Futex)
{
    /// <summary>Those of the processor that this process runs on.</summary>
    public static SystemCalls Here { get; } = Of(RuntimeInformation.ProcessArchitecture);

    /// <summary>x86-64 has numbers of its own; Arm, RISC-V and all newer ones share a table (asm-generic/unistd.h).</summary>
    public static SystemCalls Of(Architecture architecture) =>
        architecture == Architecture.X64
            ? new SystemCalls(Mbind: 237, Membarrier: 324, Bpf: 321, Futex: 202)
            : new SystemCalls(Mbind: 235, Membarrier: 283, Bpf: 280, Futex: 98);
}
