#pragma warning disable CA1040, CA1812, CA1814, CA1823, CA2201, CS0169, CS0649, IDE0044, IDE0051, IDE0052
using Recv.Tests.Support.House.Fixture.Upper;

namespace Recv.Tests.Support.House.Fixture.Lower;

// One breach of each kind that the checks must find. The word unsafe in a comment is none.
internal sealed class Allowed;

internal sealed class ByBase : Target;

internal sealed class ByInterface : ITarget;

internal sealed class ByField
{
    public Target? Field;
}

internal sealed class ByArray
{
    public Target[,]? Field;
}

internal sealed class ByParameter
{
    public static void Method(in Target _)
    {
    }
}

internal sealed class ByLocal
{
    public static bool Method(Func<object> make)
    {
        var local = (make() as Target)!;
        return local == make();
    }
}

internal sealed class ByCall
{
    public static void Method() => Target.Call();
}

internal sealed class ByGenericCall
{
    public static void Method() => Array.Empty<Target>();
}

internal sealed class ByGenericArgument
{
    public Dictionary<int, List<Target>>? Field;
}

internal sealed class ByConstraint
{
    public static void Method<T>() where T : ITarget
    {
    }
}

[Target]
internal sealed class ByAttribute;

internal sealed class ByTypeof
{
    public static string Method() => typeof(Target).Name;
}

internal sealed class ByCatch
{
    public static void Method(Action action)
    {
        try
        {
            action();
        }
        catch (TargetException)
        {
        }
    }
}

internal sealed class ByLambda
{
    public static Action Method(int times) => () => Target.Value += times;
}

internal sealed class ByNestedType
{
    private sealed class Nested
    {
        public static void Method() => Target.Call();
    }
}
