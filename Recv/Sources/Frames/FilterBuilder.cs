using Recv.Native;

namespace Recv.Sources.Frames;

/// <summary>
/// Writes a classic filter (linux/filter.h; instructions as in "The BSD Packet Filter", McCanne and Jacobson 1993) with names in
/// place of jump distances.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class FilterBuilder
{
    // Classes, sizes and modes of linux/bpf_common.h.
    private const ushort LoadWordX = 0x40, LoadHalfX = 0x48, LoadByteX = 0x50, LoadHalf = 0x28, LoadScratch = 0x60;
    private const ushort LoadXImmediate = 0x01, Store = 0x02, Subtract = 0x14, And = 0x54, ShiftLeft = 0x64, AddX = 0x0c;
    private const ushort JumpAlways = 0x05, JumpEqual = 0x15, JumpGreater = 0x25, JumpSet = 0x45, Return = 0x06, ToX = 0x07;

    private readonly List<Libc.sock_filter> _code = [];
    private readonly List<(int At, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>A := 16 bits at a fixed place.</summary>
    public void LoadHalfAt(uint at) => Emit(LoadHalf, at);

    /// <summary>A := bits at X + a place; a place beyond the frame ends the filter with a refusal.</summary>
    public void LoadWordAtX(uint at) => Emit(LoadWordX, at);

    /// <summary>The same, 16 bits.</summary>
    public void LoadHalfAtX(uint at) => Emit(LoadHalfX, at);

    /// <summary>The same, 8 bits.</summary>
    public void LoadByteAtX(uint at) => Emit(LoadByteX, at);

    /// <summary>X := a number.</summary>
    public void SetX(uint value) => Emit(LoadXImmediate, value);

    /// <summary>X := A.</summary>
    public void MoveToX() => Emit(ToX, 0);

    /// <summary>Scratch word := A.</summary>
    public void Keep(uint scratch) => Emit(Store, scratch);

    /// <summary>A := scratch word.</summary>
    public void Recall(uint scratch) => Emit(LoadScratch, scratch);

    /// <summary>A := 4 * (A and 15) + X: the length of an IPv4 header from its first byte.</summary>
    public void HeaderLengthPlusX()
    {
        Emit(And, 15);
        Emit(ShiftLeft, 2);
        Emit(AddX, 0);
    }

    /// <summary>A := A - value.</summary>
    public void Minus(uint value) => Emit(Subtract, value);

    /// <summary>Names the next instruction.</summary>
    public void Label(string name) => _labels.Add(name, _code.Count);

    /// <summary>Goes to <paramref name="label"/>, at any distance.</summary>
    public void Go(string label)
    {
        _jumps.Add((_code.Count, label));
        Emit(JumpAlways, 0);
    }

    /// <summary>Goes to <paramref name="label"/> if A is <paramref name="value"/>.</summary>
    public void GoIfEqual(uint value, string label)
    {
        Emit(JumpEqual, value, 0, 1);
        Go(label);
    }

    /// <summary>Goes to <paramref name="label"/> unless A is <paramref name="value"/>.</summary>
    public void GoUnlessEqual(uint value, string label)
    {
        Emit(JumpEqual, value, 1, 0);
        Go(label);
    }

    /// <summary>Goes to <paramref name="label"/> if A is greater than <paramref name="value"/>, without sign.</summary>
    public void GoIfGreater(uint value, string label)
    {
        Emit(JumpGreater, value, 0, 1);
        Go(label);
    }

    /// <summary>Goes to <paramref name="label"/> if A has one of these bits.</summary>
    public void GoIfAny(uint bits, string label)
    {
        Emit(JumpSet, bits, 0, 1);
        Go(label);
    }

    /// <summary>The end: so many bytes of the frame are wanted.</summary>
    public void Take(uint bytes) => Emit(Return, bytes);

    /// <summary>All instructions.</summary>
    public Libc.sock_filter[] Build()
    {
        Libc.sock_filter[] code = [.. _code];
        foreach ((int at, string label) in _jumps) code[at].k = (uint)(_labels[label] - at - 1);
        return code;
    }

    private void Emit(ushort code, uint k, byte jt = 0, byte jf = 0) =>
        _code.Add(new Libc.sock_filter { code = code, jt = jt, jf = jf, k = k });
}
