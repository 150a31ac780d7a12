namespace Recv.Tests.Support.Needs;

/// <summary>Tests with processes, rates or sockets of their own: one after the other, when all others are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
