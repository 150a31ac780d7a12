using System.Reflection.Emit;
using Recv.Layouts.Expressions;

namespace Recv.Layouts.Emit;

/// <summary>
/// Bound expression → IL. A part that can fail branches to <paramref name="failed"/>, so the evaluation stack must be
/// empty where such an expression begins; inside, operands wait in locals while a part that can fail runs.
/// </summary>
/// <param name="il">Where to.</param>
/// <param name="items">Locals that hold the items.</param>
/// <param name="failed">Target on overflow, division by zero or a bad shift count.</param>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class ExpressionEmitter(ILGenerator il, LocalBuilder?[] items, Label failed)
{
    /// <summary>Leaves the value on the stack, as a 64-bit integer.</summary>
    public void Value(Bound node)
    {
        switch (node)
        {
            case BoundNumber number:
                il.Emit(OpCodes.Ldc_I8, number.Value);
                break;
            case BoundItem item:
                il.Emit(OpCodes.Ldloc, items[item.Index]!);
                break;
            case BoundUnary { Operator: Operator.Complement } complement:
                Value(complement.Operand);
                il.Emit(OpCodes.Not);
                break;
            case BoundBinary binary when !IsTruth(binary):
                Arithmetic(binary);
                break;
            case BoundConditional conditional:
                Choice(conditional.Condition, () => Value(conditional.WhenTrue), () => Value(conditional.WhenFalse));
                break;
            default:
                Choice(node, () => il.Emit(OpCodes.Ldc_I8, 1L), () => il.Emit(OpCodes.Ldc_I8, 0L));
                break;
        }
    }

    /// <summary>
    /// Goes to <paramref name="target"/> when the value is true (not 0) or false, as <paramref name="truth"/> says.
    /// </summary>
    public void Branch(Bound node, bool truth, Label target)
    {
        switch (node)
        {
            case BoundUnary { Operator: Operator.Not } not:
                Branch(not.Operand, !truth, target);
                break;
            case BoundBinary { Operator: Operator.AndAlso or Operator.OrElse } logical:
                Logical(logical, truth, target);
                break;
            case BoundBinary comparison when comparison.Operator.IsComparison():
                Operands(comparison);
                il.Emit(BranchOf(truth ? comparison.Operator : comparison.Operator.Negated()), target);
                break;
            default:
                Value(node);
                il.Emit(truth ? OpCodes.Brtrue : OpCodes.Brfalse, target);
                break;
        }
    }

    private static bool IsTruth(BoundBinary node) =>
        node.Operator.IsComparison() || node.Operator is Operator.AndAlso or Operator.OrElse;

    private void Choice(Bound condition, Action whenTrue, Action whenFalse)
    {
        Label otherwise = il.DefineLabel();
        Label end = il.DefineLabel();
        Branch(condition, false, otherwise);
        whenTrue();
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(otherwise);
        whenFalse();
        il.MarkLabel(end);
    }

    private void Logical(BoundBinary node, bool truth, Label target)
    {
        // a || b is true, and a && b is false, as soon as a is.
        bool decisive = node.Operator == Operator.OrElse;
        if (truth == decisive)
        {
            Branch(node.Left, truth, target);
            Branch(node.Right, truth, target);
            return;
        }
        Label decided = il.DefineLabel();
        Branch(node.Left, decisive, decided);
        Branch(node.Right, truth, target);
        il.MarkLabel(decided);
    }

    private void Operands(BoundBinary node)
    {
        Value(node.Left);
        if (!node.Right.CanFail)
        {
            Value(node.Right);
            return;
        }
        LocalBuilder left = il.DeclareLocal(typeof(long));
        LocalBuilder right = il.DeclareLocal(typeof(long));
        il.Emit(OpCodes.Stloc, left);
        Value(node.Right);
        il.Emit(OpCodes.Stloc, right);
        il.Emit(OpCodes.Ldloc, left);
        il.Emit(OpCodes.Ldloc, right);
    }

    private void Arithmetic(BoundBinary node)
    {
        Operands(node);
        if (node.Checked)
        {
            LocalBuilder result = il.DeclareLocal(typeof(long));
            il.Emit(OpCodes.Ldloca, result);
            il.Emit(OpCodes.Call, typeof(CheckedMath).GetMethod(node.Operator.ToString())!);
            il.Emit(OpCodes.Brfalse, failed);
            il.Emit(OpCodes.Ldloc, result);
            return;
        }
        if (node.Operator is Operator.ShiftLeft or Operator.ShiftRight) il.Emit(OpCodes.Conv_I4);
        // Unsigned division by a literal power of two is one shift; signed takes three instructions more.
        bool unsigned = node.Left.Range.IsNonNegative && node.Right.Range.IsNonNegative;
        il.Emit(node.Operator switch
        {
            Operator.Add => OpCodes.Add,
            Operator.Subtract => OpCodes.Sub,
            Operator.Multiply => OpCodes.Mul,
            Operator.Divide => unsigned ? OpCodes.Div_Un : OpCodes.Div,
            Operator.Remainder => unsigned ? OpCodes.Rem_Un : OpCodes.Rem,
            Operator.ShiftLeft => OpCodes.Shl,
            Operator.ShiftRight => OpCodes.Shr,
            Operator.And => OpCodes.And,
            Operator.Or => OpCodes.Or,
            Operator.Xor => OpCodes.Xor,
            _ => throw new InvalidOperationException($"no instruction for {node.Operator}"),
        });
    }

    private static OpCode BranchOf(Operator op) => op switch
    {
        Operator.Equal => OpCodes.Beq,
        Operator.NotEqual => OpCodes.Bne_Un,
        Operator.Less => OpCodes.Blt,
        Operator.LessOrEqual => OpCodes.Ble,
        Operator.Greater => OpCodes.Bgt,
        _ => OpCodes.Bge,
    };
}
