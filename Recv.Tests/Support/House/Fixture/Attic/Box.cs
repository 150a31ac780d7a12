#pragma warning disable CA1040, CA1812, CA1814, CA1823, CA2201, CS0169, CS0649, IDE0044, IDE0051, IDE0052
namespace Recv.Tests.Support.House.Fixture.Attic;

/// <summary>In a room that nobody has named.</summary>
internal sealed class Box
{
    public Lower.Allowed? Field;
}
