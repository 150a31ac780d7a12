#pragma warning disable CA1040, CA1812, CA1814, CA1823, CA2201, CS0169, CS0649, IDE0044, IDE0051, IDE0052
namespace Recv.Tests.Support.House.Fixture.Upper;

/// <summary>What the breaches in Lower use.</summary>
internal class Target
{
    public static int Value;

    public static void Call() => Value++;

    public static void CallGeneric<T>() => Value++;
}

internal interface ITarget;

internal sealed class TargetException : Exception;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class TargetAttribute : Attribute;

internal sealed class UsesWhatIsAbove
{
    public Lower.Allowed? Field;
}
