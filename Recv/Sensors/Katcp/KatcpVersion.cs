using System.Reflection;

namespace Recv.Sensors.Katcp;

/// <summary>What the server says of itself (specification 5.1, section 4.2).</summary>
internal static class KatcpVersion
{
    // M: many clients; I: message identifiers; B: sampling in bulk.
    private const string Protocol = "5.1-MIB";

    private static readonly string Product = typeof(KatcpVersion).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static readonly string Build = typeof(KatcpVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Product;

    /// <summary>An inform for each component, under the name of <c>version-connect</c> or <c>version-list</c>.</summary>
    public static IReadOnlyList<KatcpMessage> Informs(string name, int id) =>
    [
        new(KatcpMessageKind.Inform, name, id, "katcp-protocol", Protocol),
        new(KatcpMessageKind.Inform, name, id, "katcp-library", $"recv-{Product}", $"recv-{Build}"),
        new(KatcpMessageKind.Inform, name, id, "katcp-device", $"recv-{Product}", $"recv-{Build}"),
    ];
}
