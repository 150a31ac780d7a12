using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Recv.Layouts.Expressions;
using Recv.Ledger;

namespace Recv.Layouts.Emit;

/// <summary>
/// <see cref="LayoutProgram"/> → a readonly struct that implements <see cref="IHeapLayout"/>: straight code with all
/// parameters as literals, which the JIT inlines into the receive loop like a struct written by hand.
/// </summary>
/// <remarks><b>Threading:</b> any; each layout gets its own assembly. <c>default</c> of the struct is ready to
/// use.</remarks>
internal sealed class LayoutEmitter
{
    private readonly LayoutProgram _program;
    private readonly LayoutShape _shape;
    private readonly ILGenerator _il;
    private readonly Label[] _rejections;
    private readonly LocalBuilder?[] _items;
    private readonly ExpressionEmitter _expressions;

    private LayoutEmitter(LayoutProgram program, ILGenerator il)
    {
        _program = program;
        _shape = program.Shape;
        _il = il;
        _rejections = [.. _shape.Statistics.Select(_ => il.DefineLabel())];
        _items = new LocalBuilder?[_shape.Items.Length];
        int arithmetic = program.ArithmeticStatistic;
        _expressions = new ExpressionEmitter(il, _items, arithmetic >= 0 ? _rejections[arithmetic] : default);
    }

    /// <summary>The struct for <paramref name="program"/>.</summary>
    public static Type Emit(LayoutProgram program)
    {
        var name = new AssemblyName($"Recv.Layout.{program.Shape.Name}");
        var assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.Run);
        ModuleBuilder module = assembly.DefineDynamicModule(name.Name!);
        const TypeAttributes Struct = TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout
            | TypeAttributes.BeforeFieldInit;
        TypeBuilder type = module.DefineType(name.Name!, Struct, typeof(ValueType), PackingSize.Unspecified, 1);
        type.SetCustomAttribute(new CustomAttributeBuilder(typeof(IsReadOnlyAttribute).GetConstructor([])!, []));
        bool isDerived = program.Timestamp is not null || program.Shape.Items.Any(item => item.LittleEndian);
        type.AddInterfaceImplementation(typeof(IHeapLayout));
        if (isDerived) type.AddInterfaceImplementation(typeof(IDerivedItems));
        FieldBuilder shape = DefineShape(type);
        DefinePlace(type, program);
        if (isDerived) TimestampEmitter.Define(
            Implement(type, typeof(IDerivedItems).GetMethod(nameof(IDerivedItems.Timestamp))!), program);
        Type created = type.CreateType();
        created.GetField(shape.Name)!.SetValue(null, program.Shape);
        return created;
    }

    private static FieldBuilder DefineShape(TypeBuilder type)
    {
        const FieldAttributes Attributes = FieldAttributes.Public | FieldAttributes.Static;
        FieldBuilder field = type.DefineField("TheShape", typeof(LayoutShape), Attributes);
        MethodBuilder getter = Implement(type, typeof(IHeapLayout).GetProperty(nameof(IHeapLayout.Shape))!.GetMethod!);
        ILGenerator il = getter.GetILGenerator();
        il.Emit(OpCodes.Ldsfld, field);
        il.Emit(OpCodes.Ret);
        return field;
    }

    private static void DefinePlace(TypeBuilder type, LayoutProgram program)
    {
        MethodBuilder place = Implement(type, typeof(IHeapLayout).GetMethod(nameof(IHeapLayout.Place))!);
        place.SetImplementationFlags(MethodImplAttributes.IL | MethodImplAttributes.AggressiveInlining);
        place.InitLocals = false;
        new LayoutEmitter(program, place.GetILGenerator()).Place();
    }

    private static MethodBuilder Implement(TypeBuilder type, MethodInfo method)
    {
        const MethodAttributes Attributes = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.Final
            | MethodAttributes.HideBySig | MethodAttributes.NewSlot;
        ParameterInfo[] parameters = method.GetParameters();
        MethodBuilder builder = type.DefineMethod(
            method.Name, Attributes, method.ReturnType, [.. parameters.Select(parameter => parameter.ParameterType)]);
        foreach (ParameterInfo parameter in parameters)
            builder.DefineParameter(parameter.Position + 1, parameter.Attributes, parameter.Name);
        type.DefineMethodOverride(builder, method);
        return builder;
    }

    private void Place()
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I8, _shape.HeapBytes);
        _il.Emit(OpCodes.Bne_Un, _rejections[LayoutProgram.MetadataStatistic]);
        LoadItems();
        LocalBuilder steps = Grid();
        foreach (ProgramCheck check in _program.Checks)
            _expressions.Branch(check.Unless, false, _rejections[check.Statistic]);
        (LocalBuilder chunk, LocalBuilder[] indexes) = Indexes(steps);
        LocalBuilder? extra = _program.Extra is { } value ? Keep(() => _expressions.Value(value)) : null;
        Store(chunk, indexes, extra);
        _il.Emit(OpCodes.Ldc_I4, (int)Outcome.None);
        _il.Emit(OpCodes.Ret);
        for (int statistic = 0; statistic < _rejections.Length; statistic++)
        {
            _il.MarkLabel(_rejections[statistic]);
            _il.Emit(OpCodes.Ldc_I4, (int)Rejection.By(statistic));
            _il.Emit(OpCodes.Ret);
        }
    }

    // From the last to the first: the JIT then needs one bounds check for all.
    private void LoadItems()
    {
        MethodInfo element = typeof(ReadOnlySpan<long>).GetProperty("Item")!.GetMethod!;
        for (int i = _items.Length - 1; i >= 0; i--)
        {
            int index = i;
            _items[i] = Keep(() =>
            {
                _il.Emit(OpCodes.Ldarga_S, (byte)2);
                _il.Emit(OpCodes.Ldc_I4, index);
                _il.Emit(OpCodes.Call, element);
                _il.Emit(OpCodes.Ldind_I8);
            });
            if (i != _shape.TimestampItem || _program.Timestamp is null) CheckPresence(i, LayoutProgram.MetadataStatistic);
        }
        // What is computed from items that are there and is no time all the same.
        if (_program.Timestamp is not null) CheckPresence(_shape.TimestampItem, LayoutProgram.BadTimestampStatistic);
    }

    // One unsigned shift finds -1 and anything else that the ranges promise to exclude, so that placing is safe for
    // any input.
    private void CheckPresence(int index, int statistic)
    {
        _il.Emit(OpCodes.Ldloc, _items[index]!);
        _il.Emit(OpCodes.Ldc_I4, index == _shape.TimestampItem ? LayoutProgram.TimestampBits : LayoutProgram.ItemBits);
        _il.Emit(OpCodes.Shr_Un);
        if (_shape.Items[index].Required)
        {
            _il.Emit(OpCodes.Brtrue, _rejections[statistic]);
            return;
        }
        Label present = _il.DefineLabel();
        _il.Emit(OpCodes.Brfalse, present);
        _il.Emit(OpCodes.Ldc_I8, _shape.Items[index].Default);
        _il.Emit(OpCodes.Stloc, _items[index]!);
        _il.MarkLabel(present);
    }

    // Timestamp in steps; off the grid it is rounded down or rejected.
    private LocalBuilder Grid()
    {
        LocalBuilder timestamp = _items[_shape.TimestampItem]!;
        LocalBuilder steps = Keep(() => Divide(timestamp, _shape.HeapTimestampStep));
        LocalBuilder onGrid = Keep(() => Multiply(steps, _shape.HeapTimestampStep));
        _il.Emit(OpCodes.Ldloc, onGrid);
        if (_program.Mask)
        {
            _il.Emit(OpCodes.Stloc, timestamp);
            return steps;
        }
        _il.Emit(OpCodes.Ldloc, timestamp);
        _il.Emit(OpCodes.Bne_Un, _rejections[LayoutProgram.BadTimestampStatistic]);
        return steps;
    }

    private (LocalBuilder Chunk, LocalBuilder[] Indexes) Indexes(LocalBuilder steps)
    {
        LocalBuilder chunk = Keep(() => Divide(steps, _shape.ChunkBatches));
        var indexes = new LocalBuilder[_shape.Axes.Length];
        for (int axis = 0; axis < indexes.Length; axis++)
        {
            Bound? index = _program.Indexes[axis];
            indexes[axis] = Keep(index is null
                ? () => Remainder(steps, chunk, _shape.ChunkBatches)
                : () => _expressions.Value(index));
            if (!LayoutProgram.CanLeave(index, _shape.Axes[axis])) continue;
            _il.Emit(OpCodes.Ldloc, indexes[axis]);
            _il.Emit(OpCodes.Ldc_I8, (long)_shape.Axes[axis].Size);
            // Unsigned, so that a negative index fails as well.
            _il.Emit(OpCodes.Bge_Un, _rejections[_program.BadIndexStatistic]);
        }
        return (chunk, indexes);
    }

    private void Store(LocalBuilder chunk, LocalBuilder[] indexes, LocalBuilder? extra)
    {
        LocalBuilder heapIndex = Keep(() => HeapIndex(indexes));
        StoreField(nameof(Placement.ChunkId), () => _il.Emit(OpCodes.Ldloc, chunk));
        StoreField(nameof(Placement.HeapIndex), () =>
        {
            _il.Emit(OpCodes.Ldloc, heapIndex);
            _il.Emit(OpCodes.Conv_I4);
        });
        StoreField(nameof(Placement.Offset), () => Offset(indexes, heapIndex));
        StoreField(nameof(Placement.Extra), () =>
        {
            if (extra is null) _il.Emit(OpCodes.Ldc_I8, 0L);
            else _il.Emit(OpCodes.Ldloc, extra);
        });
    }

    private void HeapIndex(LocalBuilder[] indexes)
    {
        _il.Emit(OpCodes.Ldloc, indexes[0]);
        for (int axis = 1; axis < indexes.Length; axis++)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)_shape.Axes[axis].Size);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Ldloc, indexes[axis]);
            _il.Emit(OpCodes.Add);
        }
    }

    private void Offset(LocalBuilder[] indexes, LocalBuilder heapIndex)
    {
        // Without gaps the offset follows from the heap index: one multiplication.
        if (_shape.ChunkBytes == _shape.ChunkHeaps * _shape.HeapBytes)
        {
            Multiply(heapIndex, _shape.HeapBytes);
            return;
        }
        Multiply(indexes[0], _shape.Axes[0].StrideBytes);
        for (int axis = 1; axis < indexes.Length; axis++)
        {
            Multiply(indexes[axis], _shape.Axes[axis].StrideBytes);
            _il.Emit(OpCodes.Add);
        }
    }

    private void StoreField(string field, Action value)
    {
        _il.Emit(OpCodes.Ldarg_3);
        value();
        _il.Emit(OpCodes.Stfld, typeof(Placement).GetField(field)!);
    }

    private void Divide(LocalBuilder value, long divisor)
    {
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_I8, divisor);
        _il.Emit(OpCodes.Div_Un);
    }

    private void Multiply(LocalBuilder value, long factor)
    {
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_I8, factor);
        _il.Emit(OpCodes.Mul);
    }

    private void Remainder(LocalBuilder value, LocalBuilder quotient, long divisor)
    {
        _il.Emit(OpCodes.Ldloc, value);
        Multiply(quotient, divisor);
        _il.Emit(OpCodes.Sub);
    }

    private LocalBuilder Keep(Action value)
    {
        LocalBuilder local = _il.DeclareLocal(typeof(long));
        value();
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }
}
