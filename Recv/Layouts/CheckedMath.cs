using System.Runtime.CompilerServices;

namespace Recv.Layouts;

/// <summary>
/// The arithmetic of layout expressions where it can fail: true and the result, or false on overflow, division by
/// zero or a shift count outside 0..63. Emitted layouts call it where ranges cannot exclude a failure.
/// </summary>
/// <remarks>
/// <b>Threading:</b> pure. Public because emitted structs live in another assembly; no exceptions, because receive
/// threads call it.
/// </remarks>
public static class CheckedMath
{
    private const int Bits = 64;

    /// <summary>Sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Add(long left, long right, out long result)
    {
        result = unchecked(left + right);
        // Overflow shows as a sign that neither operand has.
        return ((left ^ result) & (right ^ result)) >= 0;
    }

    /// <summary>Difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Subtract(long left, long right, out long result)
    {
        result = unchecked(left - right);
        return ((left ^ right) & (left ^ result)) >= 0;
    }

    /// <summary>Product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Multiply(long left, long right, out long result)
    {
        long high = Math.BigMul(left, right, out result);
        return high == result >> (Bits - 1);
    }

    /// <summary>Quotient, rounded towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Divide(long left, long right, out long result)
    {
        if (CannotDivide(left, right))
        {
            result = 0;
            return false;
        }
        result = left / right;
        return true;
    }

    /// <summary>Remainder with the sign of <paramref name="left"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Remainder(long left, long right, out long result)
    {
        if (CannotDivide(left, right))
        {
            result = 0;
            return false;
        }
        result = left % right;
        return true;
    }

    /// <summary>Shift left; losing a significant bit is an overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ShiftLeft(long left, long right, out long result)
    {
        result = left << (int)right;
        return (ulong)right < Bits && result >> (int)right == left;
    }

    /// <summary>Arithmetic shift right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ShiftRight(long left, long right, out long result)
    {
        result = left >> (int)right;
        return (ulong)right < Bits;
    }

    // The smallest number divided by -1 does not fit, and the processor traps on the remainder as well.
    private static bool CannotDivide(long left, long right) => right == 0 || (right == -1 && left == long.MinValue);
}
