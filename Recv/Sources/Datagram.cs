using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Ledger;

namespace Recv.Sources;

/// <summary>One datagram as a source lends it: contiguous bytes of UDP payload outside the GC heap, valid until the batch is
/// released.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Datagram
{
    /// <summary>First byte of the payload.</summary>
    public byte* Data;

    /// <summary>Bytes of payload.</summary>
    public int Length;

    /// <summary><see cref="Outcome.None"/>, or why the source already knows that it cannot be used; it is then only counted.</summary>
    public Outcome Flaw;

    /// <summary>Arrival in nanoseconds since 1970, 0 when the source does not know.</summary>
    public long ArrivalNanoseconds;

    /// <summary>A datagram over bytes that do not move: those of a <see cref="Recv.Memory.NativeBlock"/>.</summary>
    public static Datagram Over(ReadOnlySpan<byte> native, long arrivalNanoseconds = 0, Outcome flaw = Outcome.None) => new()
    {
        Data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native)),
        Length = native.Length,
        Flaw = flaw,
        ArrivalNanoseconds = arrivalNanoseconds,
    };

    /// <summary>The payload; lent.</summary>
    public readonly ReadOnlySpan<byte> Span => new(Data, Length);
}
