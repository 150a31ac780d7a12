namespace Recv.Tests.Support.House.Fixture;

/// <summary>May use every room.</summary>
internal static class Door
{
    public static void Open() => Upper.Target.Call();
}
