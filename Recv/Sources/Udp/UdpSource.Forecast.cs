using System.Globalization;
using Recv.Native;

namespace Recv.Sources.Udp;

public sealed partial class UdpSource
{
    private const string LargestByRight = "/proc/sys/net/core/rmem_max";

    /// <inheritdoc/>
    public IReadOnlyList<string> ForeseeRefusals()
    {
        List<string> refusals = [];
        long each = BufferBytesEach;
        if (_options.BufferRequired)
        {
            if (each > UdpSocket.LargestBuffer) throw RecvException.HostRefused(
                TooSmall(UdpSocket.LargestBuffer * _endpoints.Length, _endpoints.Length));
            long grant = Grant();
            if (grant < each) refusals.Add(TooSmall(grant * _endpoints.Length, _endpoints.Length));
        }
        foreach (UdpEndpoint endpoint in _endpoints.DistinctBy(endpoint => endpoint.Interface))
        {
            try
            {
                if (endpoint.Interface is { } name) _ = InterfaceIndex.Find(name, endpoint.Text);
            }
            catch (RecvException refused)
            {
                refusals.Add(refused.Message);
            }
        }
        return refusals;
    }

    // What the kernel accounts for a socket at most: twice the limit, which a right lifts.
    private static long Grant()
    {
        if (Capabilities.Missing(Capabilities.NetAdmin).Length == 0) return UdpSocket.LargestBuffer;
        return File.Exists(LargestByRight)
            && long.TryParse(File.ReadAllText(LargestByRight).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long most)
            ? Math.Min(2 * most, UdpSocket.LargestBuffer)
            : UdpSocket.LargestBuffer;
    }
}
