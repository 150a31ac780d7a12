using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>Registers of a BPF program (Documentation/bpf/standardization/instruction-set.rst of the kernel).</summary>
internal enum Reg : byte
{
    /// <summary>Result of a call and of the program.</summary>
    R0,

    /// <summary>First argument; at the start the context.</summary>
    R1,
    R2,
    R3,
    R4,
    R5,

    /// <summary>Kept over calls, like those up to R9.</summary>
    R6,
    R7,

    /// <summary>Top of the stack of 512 bytes, which lies below it; read-only.</summary>
    R10 = 10,
}

/// <summary>Bytes of a load or store, as the instruction codes them.</summary>
internal enum Size : byte { Word = 0x00, Half = 0x08, Byte = 0x10, Double = 0x18 }

/// <summary>Writes a BPF program with names in place of jump distances.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ProgramBuilder
{
    private readonly List<Libc.bpf_insn> _code = [];
    private readonly List<(int At, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>to := memory[from + offset].</summary>
    public void Load(Size size, Reg to, Reg from, int offset) => Emit((byte)(0x61 | (byte)size), to, from, offset);

    /// <summary>memory[to + offset] := from.</summary>
    public void Store(Size size, Reg to, int offset, Reg from) => Emit((byte)(0x63 | (byte)size), to, from, offset);

    /// <summary>memory[to + offset] := value.</summary>
    public void StoreNumber(Size size, Reg to, int offset, int value) => Emit((byte)(0x62 | (byte)size), to, 0, offset, value);

    /// <summary>memory[to + offset] += from, 64 bits, as one operation for all cores.</summary>
    public void AtomicAdd(Reg to, int offset, Reg from) => Emit(0xdb, to, from, offset);

    /// <summary>to := from.</summary>
    public void Move(Reg to, Reg from) => Emit(0xbf, to, from);

    /// <summary>to := value.</summary>
    public void MoveNumber(Reg to, int value) => Emit(0xb7, to, imm: value);

    /// <summary>to += value.</summary>
    public void AddNumber(Reg to, int value) => Emit(0x07, to, imm: value);

    /// <summary>to &amp;= value.</summary>
    public void And(Reg to, int value) => Emit(0x57, to, imm: value);

    /// <summary>to &lt;&lt;= bits.</summary>
    public void ShiftLeft(Reg to, int bits) => Emit(0x67, to, imm: bits);

    /// <summary>to &gt;&gt;= bits.</summary>
    public void ShiftRight(Reg to, int bits) => Emit(0x77, to, imm: bits);

    /// <summary>to := the map of this descriptor.</summary>
    public void LoadMap(Reg to, int descriptor)
    {
        Emit(0x18, to, (Reg)1, 0, descriptor);
        Emit(0, 0);
    }

    public void Go(string label) => Jump(0x05, 0, 0, 0, label);

    public void GoIfEqual(Reg left, int right, string label) => Jump(0x15, left, 0, right, label);

    public void GoUnlessEqual(Reg left, int right, string label) => Jump(0x55, left, 0, right, label);

    public void GoIfLess(Reg left, int right, string label) => Jump(0xa5, left, 0, right, label);

    public void GoIfAny(Reg left, int bits, string label) => Jump(0x45, left, 0, bits, label);

    public void GoIfGreater(Reg left, Reg right, string label) => Jump(0x2d, left, right, 0, label);

    /// <summary>R0 := a function of the kernel, of R1 to R5, which it spoils.</summary>
    public void Call(int function) => Emit(0x85, 0, imm: function);

    /// <summary>Ends the program with R0.</summary>
    public void Exit() => Emit(0x95, 0);

    /// <summary>Names the next instruction.</summary>
    public void Label(string name) => _labels.Add(name, _code.Count);

    /// <summary>All instructions.</summary>
    public Libc.bpf_insn[] Build()
    {
        Libc.bpf_insn[] code = [.. _code];
        foreach ((int at, string label) in _jumps) code[at].off = (short)(_labels[label] - at - 1);
        return code;
    }

    private void Jump(byte code, Reg left, Reg right, int imm, string label)
    {
        _jumps.Add((_code.Count, label));
        Emit(code, left, right, 0, imm);
    }

    private void Emit(byte code, Reg to, Reg from = 0, int offset = 0, int imm = 0) => _code.Add(new Libc.bpf_insn
    {
        code = code,
        regs = (byte)((byte)to | (byte)from << 4),
        off = (short)offset,
        imm = imm,
    });
}
