using System.Reflection;
using System.Reflection.Emit;

namespace Recv.Layouts.Emit;

/// <summary>The method of <see cref="IDerivedItems"/>: the timestamp of a layout from its items.</summary>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal static class TimestampEmitter
{
    /// <summary>Writes the method.</summary>
    public static void Define(MethodBuilder method, LayoutProgram program)
    {
        ILGenerator il = method.GetILGenerator();
        LayoutShape shape = program.Shape;
        if (program.Timestamp is not { } timestamp)
        {
            Load(il, shape.TimestampItem);
            il.Emit(OpCodes.Ret);
            return;
        }
        Label none = il.DefineLabel();
        var items = new LocalBuilder?[shape.Items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (i == shape.TimestampItem) continue;
            LocalBuilder item = items[i] = il.DeclareLocal(typeof(long));
            Load(il, i);
            il.Emit(OpCodes.Stloc, item);
            // As Place looks at them: the ranges that the expression relies on hold for these values only.
            il.Emit(OpCodes.Ldloc, item);
            il.Emit(OpCodes.Ldc_I4, LayoutProgram.ItemBits);
            il.Emit(OpCodes.Shr_Un);
            if (shape.Items[i].Required)
            {
                il.Emit(OpCodes.Brtrue, none);
                continue;
            }
            Label present = il.DefineLabel();
            il.Emit(OpCodes.Brfalse, present);
            il.Emit(OpCodes.Ldc_I8, shape.Items[i].Default);
            il.Emit(OpCodes.Stloc, item);
            il.MarkLabel(present);
        }
        new ExpressionEmitter(il, items, none).Value(timestamp);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(none);
        il.Emit(OpCodes.Ldc_I8, -1L);
        il.Emit(OpCodes.Ret);
    }

    private static void Load(ILGenerator il, int index)
    {
        MethodInfo element = typeof(ReadOnlySpan<long>).GetProperty("Item")!.GetMethod!;
        il.Emit(OpCodes.Ldarga_S, (byte)1);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Call, element);
        il.Emit(OpCodes.Ldind_I8);
    }
}
