using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Recv.Files;
using Recv.Layouts.Expressions;
using Recv.Layouts.Yaml;
using Binder = Recv.Layouts.Expressions.Binder;

namespace Recv.Layouts.Code;

/// <summary>
/// A layout in code: a struct that implements <see cref="IHeapLayout"/>, named as
/// <c>path/to/Assembly.dll:Full.TypeName</c>.
/// <c>--set</c> and stream constants go to its public settable properties of that name (int, long or bool).
/// </summary>
/// <remarks><b>Threading:</b> any thread, at load. The assembly stays loaded.</remarks>
internal static class CodeLayout
{
    private const string AssemblyExtension = ".dll";

    /// <summary>Whether <paramref name="name"/> means a type in an assembly.</summary>
    public static bool IsReference(string name) =>
        name.Contains(AssemblyExtension + ":", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(AssemblyExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Loads it.</summary>
    /// <param name="reference"><c>Assembly.dll:Full.TypeName</c>.</param>
    /// <param name="set">Values for properties.</param>
    /// <param name="constants">Values for properties, of the stream.</param>
    /// <exception cref="RecvException">The assembly, the type or a property is missing or unfit (exit code
    /// 2).</exception>
    public static CompiledLayout Load(
        string reference, IReadOnlyDictionary<string, string> set, IReadOnlyDictionary<string, string> constants)
    {
        int colon = reference.IndexOf(AssemblyExtension + ":", StringComparison.OrdinalIgnoreCase);
        string file = colon < 0 ? reference : reference[..(colon + AssemblyExtension.Length)];
        string name = colon < 0 ? "" : reference[(file.Length + 1)..];
        Type type = Find(reference, LoadAssembly(file), name);
        object layout = Guard(reference, "its constructor failed", () => Activator.CreateInstance(type)!);
        foreach ((string property, string value) in set)
            Set(reference, layout, $"parameter {property}={value}", property, value);
        foreach ((string property, string value) in constants)
            Set(reference, layout, $"constant {property}={value}", property, value);
        LayoutShape shape = Guard(reference, "its Shape failed", () => ((IHeapLayout)layout).Shape);
        if (ShapeCheck.Fault(shape) is { } fault)
            throw RecvException.BadUsage($"{reference}: its Shape is impossible: {fault}; correct the layout or its parameters");
        if (Guard(reference, "its Place failed", () => PlaceCheck.Fault((IHeapLayout)layout)) is { } contradiction)
            throw RecvException.BadUsage($"{reference}: {contradiction}; correct the layout or its parameters");
        var values = Settable(type).ToImmutableSortedDictionary(
            property => property.Name, property => Convert.ToInt64(property.GetValue(layout)), StringComparer.Ordinal);
        return new CompiledLayout((IHeapLayout)layout,
            values.RemoveRange(constants.Keys), values.RemoveRange(values.Keys.Except(constants.Keys)));
    }

    private static Assembly LoadAssembly(string file)
    {
        if (!File.Exists(file))
            throw RecvException.BadUsage($"{file}: no such assembly; build the layout's project and check the path");
        return Guard(file, "not an assembly that can be loaded", () => Assembly.LoadFrom(Path.GetFullPath(file)));
    }

    private static Type Find(string reference, Assembly assembly, string name)
    {
        if (assembly.GetType(name.Length == 0 ? "?" : name) is not { } type)
        {
            Type[] types = Guard(reference, "its types cannot be loaded", assembly.GetExportedTypes);
            string found = string.Join(", ", types.Where(IsLayout).Select(layout => layout.FullName));
            throw RecvException.BadUsage(
                $"{reference}: no type '{name}'; "
                + $"write FILE.dll:Full.TypeName, layouts in it: {found}");
        }
        return IsLayout(type)
            ? type
            : throw RecvException.BadUsage(
                $"{reference}: the type is not a struct that implements {typeof(IHeapLayout).FullName}; "
                + "name one that is");
    }

    private static bool IsLayout(Type type) =>
        type.IsValueType && !type.ContainsGenericParameters && typeof(IHeapLayout).IsAssignableFrom(type)
        && !type.IsByRefLike;

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetMethod is not null
            && property.SetMethod is { IsPublic: true }
            && (property.PropertyType == typeof(int) || property.PropertyType == typeof(long)
                || property.PropertyType == typeof(bool)));

    private static void Set(string reference, object layout, string given, string name, string value)
    {
        PropertyInfo[] settable = [.. Settable(layout.GetType())];
        PropertyInfo property = settable.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw RecvException.BadUsage(
                $"{given}: layout {reference} has no settable property '{name}' of type int, long or bool; "
                + $"known: {string.Join(", ", settable.Select(known => known.Name))}");
        var expression = new LocatedExpression(value, new Position(given, 0, 1), exact: false);
        long number = Number(expression);
        bool isBool = property.PropertyType == typeof(bool);
        if ((isBool && number is not (0 or 1)) || (property.PropertyType == typeof(int) && number != (int)number))
        {
            string room = isBool ? "a boolean; write true or false" : "32 bits; use a smaller number";
            throw expression.Start.Error($"{number} does not fit {room}");
        }
        object converted = Convert.ChangeType(number, property.PropertyType, CultureInfo.InvariantCulture);
        Guard(given, "the layout refuses it", () =>
        {
            property.SetValue(layout, converted);
            return layout;
        });
    }

    private static long Number(LocatedExpression expression)
    {
        try
        {
            return new Binder(NoNames).Bind(expression.Tree, []).Known!.Value;
        }
        catch (ExpressionException error)
        {
            throw expression.Error(error);
        }
    }

    private static Bound NoNames(NameExpression name) => throw new ExpressionException(
        name.Column, $"'{name.Name}' is not a number; a layout in code takes numbers only");

    // Foreign code may throw anything; the user gets one line.
    private static T Guard<T>(string where, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error)
        {
            Exception reason = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            throw RecvException.BadUsage(
                $"{where}: {what}: {reason.Message.ReplaceLineEndings(" ").TrimEnd('.')}; "
                + "correct the layout's code", error);
        }
    }
}
