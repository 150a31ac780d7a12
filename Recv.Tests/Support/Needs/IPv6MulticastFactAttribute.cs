namespace Recv.Tests.Support.Needs;

/// <summary>A fact that needs an interface with a route for IPv6 groups; lo has none unless somebody adds it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IPv6MulticastFactAttribute : FactAttribute
{
    private const string Routes = "/proc/net/ipv6_route";

    public IPv6MulticastFactAttribute()
    {
        if (Interface is null) Skip = "no interface has a route for IPv6 groups (ip -6 route show table all)";
    }

    /// <summary>Its name, or null.</summary>
    public static string? Interface { get; } = Find();

    // Columns: destination, prefix length, six others, flags, device.
    private static string? Find() => !File.Exists(Routes) ? null : File.ReadLines(Routes)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(columns => columns[0].StartsWith("ff00", StringComparison.Ordinal) && columns[1] == "08")?[^1];
}
