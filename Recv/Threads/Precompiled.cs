using System.Reflection;
using System.Runtime.CompilerServices;

namespace Recv.Threads;

/// <summary>
/// Compiles code before it is needed: otherwise the first packets wait for the compiler, tens of milliseconds in which a
/// socket buffer overflows.
/// </summary>
/// <remarks><b>Threading:</b> any, before the receive threads run. Nothing is executed, so nothing is changed. Each type once.</remarks>
internal static class Precompiled
{
    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Lazy<Type[]> Path =
        new(() => [.. typeof(Precompiled).Assembly.GetTypes().Where(type => type.IsDefined(typeof(ReceivePathAttribute), inherit: false))]);

    private static readonly HashSet<Type> Done = [];

    /// <summary>Compiles what every receive thread runs: the types marked <see cref="ReceivePathAttribute"/> but those of single rooms, and
    /// some more.</summary>
    /// <param name="arguments">What generic ones are closed with, each parameter by the first that meets its constraints; compiled,
    /// too.</param>
    public static void PreparePath(params Type[] arguments) => Prepare(
        [.. Path.Value.Where(type => !type.GetCustomAttribute<ReceivePathAttribute>()!.OnlyWithItsRoom)
            .Select(type => Closed(type, arguments)), .. arguments]);

    /// <summary>Compiles what is marked in the rooms (namespaces) of some types, and these types.</summary>
    public static void PrepareRooms(params Type[] of) => Prepare(
        [.. Path.Value.Where(type => !type.IsGenericTypeDefinition && Array.Exists(of, one => one.Namespace == type.Namespace)), .. of]);

    /// <summary>Compiles all methods of some types, of the types within them and of their collections of structs; generic ones must
    /// be closed.</summary>
    public static void Prepare(params Type[] types)
    {
        foreach (Type type in types)
        {
            lock (Done)
            {
                if (!Done.Add(type)) continue;
            }
            PrepareMethods(type);
            foreach (FieldInfo field in type.GetFields(Own))
            {
                // A collection in the framework is there for references and numbers; for a struct of ours it is compiled.
                Type collection = field.FieldType;
                if (collection.IsGenericType
                    && Array.Exists(collection.GenericTypeArguments, argument => argument is { IsValueType: true, IsPrimitive: false }))
                    PrepareMethods(collection);
            }
            // Those within a generic type would have to be closed like it.
            if (type.IsGenericType) continue;
            foreach (Type within in type.GetNestedTypes(Own))
            {
                if (!within.ContainsGenericParameters) PrepareMethods(within);
            }
        }
    }

    private static Type Closed(Type type, Type[] arguments) => !type.IsGenericTypeDefinition ? type : type.MakeGenericType(
        [.. type.GetGenericArguments().Select(parameter => arguments.First(argument => Array.TrueForAll(
            parameter.GetGenericParameterConstraints(), constraint => constraint.IsAssignableFrom(argument))))]);

    private static void PrepareMethods(Type type)
    {
        // The runtime makes the methods of a delegate itself, and refuses some.
        if (type.IsAssignableTo(typeof(Delegate))) return;
        RuntimeTypeHandle[] arguments = [.. type.GenericTypeArguments.Select(argument => argument.TypeHandle)];
        foreach (MethodInfo method in type.GetMethods(Own))
        {
            if (method.IsAbstract || method.IsGenericMethodDefinition) continue;
            // Of a sealed method that implements an interface PrepareMethod (.NET 10) compiles nothing until somebody has
            // asked for its address.
            method.MethodHandle.GetFunctionPointer();
            RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
        }
    }
}
