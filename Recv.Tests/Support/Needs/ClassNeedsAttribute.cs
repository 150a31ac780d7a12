namespace Recv.Tests.Support.Needs;

/// <summary>The tests that a class inherits (<see cref="ContractFactAttribute"/>) need this of the machine.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ClassNeedsAttribute(HostNeed need) : Attribute
{
    public HostNeed Need { get; } = need;
}
