using System.Reflection;
using System.Runtime.CompilerServices;

namespace Recv.Threads;

/// <summary>
/// Compiles code before it is needed: otherwise the first packets wait for the compiler, tens of milliseconds in which a
/// socket buffer overflows.
/// </summary>
/// <remarks><b>Threading:</b> any, before the receive threads run. Nothing is executed, so nothing is changed.</remarks>
internal static class Precompiled
{
    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Compiles all methods of some types; generic ones must be closed.</summary>
    public static void Prepare(params ReadOnlySpan<Type> types)
    {
        foreach (Type type in types)
        {
            RuntimeTypeHandle[] arguments = [.. type.GenericTypeArguments.Select(argument => argument.TypeHandle)];
            foreach (MethodInfo method in type.GetMethods(Own))
            {
                if (method.IsAbstract || method.IsGenericMethodDefinition) continue;
                RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
            }
        }
    }
}
