namespace Recv.Sources.Frames;

/// <summary>What the addresses of one stream must have in common when frames are taken from a device.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class FrameAddresses
{
    /// <summary>Refuses what is not of this kind, not on one device, or there twice.</summary>
    /// <exception cref="RecvException">Exit code 2.</exception>
    public static void Check(IReadOnlyList<SourceAddress> addresses, SourceKind kind)
    {
        if (addresses.Count == 0) throw RecvException.BadUsage("a stream needs an address");
        HashSet<(System.Net.IPEndPoint, System.Net.IPAddress?)> seen = [];
        SourceAddress first = addresses[0];
        foreach (SourceAddress address in addresses)
        {
            if (address.Kind != kind || address.Device != first.Device || address.Queues != first.Queues || address.Queue != first.Queue)
            {
                string elsewhere = $"source '{address.Text}' takes frames from another place than '{first.Text}'";
                throw RecvException.BadSetting($"{elsewhere}; make it a stream of its own (another {Setting.Src})");
            }
            System.Net.IPAddress lowest = address.Destination!.First;
            if (lowest.Equals(System.Net.IPAddress.Any) || lowest.Equals(System.Net.IPAddress.IPv6Any))
                throw RecvException.BadUsage(
                    $"source '{address.Text}': frames are taken by the address that they are sent to, and none is sent to "
                    + $"{lowest}; name the group, or the address of {address.Device}");
            foreach (System.Net.IPEndPoint endpoint in address.Destination!.Endpoints)
            {
                if (endpoint.Port == 0 || seen.Add((endpoint, address.Sender))) continue;
                throw RecvException.BadUsage($"source '{address.Text}': {endpoint} is already in this stream; name it once");
            }
        }
    }

    /// <summary>Refuses an interface that is down: nothing would ever come.</summary>
    /// <exception cref="RecvException">Exit code 3.</exception>
    public static void CheckUp(Device device, string text)
    {
        if (!device.IsUp)
            throw RecvException.HostRefused($"source '{text}': interface {device.Name} is down; ip link set {device.Name} up");
    }
}
