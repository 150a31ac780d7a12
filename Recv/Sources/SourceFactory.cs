using Recv.Sources.Pcap;
using Recv.Sources.Udp;

namespace Recv.Sources;

/// <summary>Makes the source of a stream from what the user wrote.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class SourceFactory
{
    /// <summary>One source for all of <paramref name="addresses"/>; nothing is opened yet.</summary>
    /// <exception cref="RecvException">They do not fit into one stream (exit code 2).</exception>
    public static IPacketSource Create(IReadOnlyList<SourceAddress> addresses, UdpSourceOptions? options = null)
    {
        if (addresses.Count == 0) throw RecvException.BadUsage(
            "a stream needs a source; write --src ADDR:PORT or --src pcap:FILE");
        SourceAddress? capture = addresses.FirstOrDefault(address => address.Kind == SourceKind.Pcap);
        if (capture is null) return new UdpSource(addresses, options);
        if (addresses.Count > 1)
            throw RecvException.BadUsage(
                $"source '{capture.Text}' cannot share a stream with other sources; make it a stream of its own "
                + "(another --src)");
        return new PcapSource(capture.File!, capture.Destination);
    }
}
