using Recv.Sources.Packet;
using Recv.Sources.Pcap;
using Recv.Sources.Shim;
using Recv.Sources.Udp;
using Recv.Sources.Xdp;

namespace Recv.Sources;

/// <summary>Makes the source of a stream from what the user wrote.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class SourceFactory
{
    /// <summary>One source for all of <paramref name="addresses"/>; nothing is opened yet.</summary>
    /// <exception cref="RecvException">They do not fit into one stream (exit code 2).</exception>
    public static IPacketSource Create(IReadOnlyList<SourceAddress> addresses, SourceOptions? options = null)
    {
        if (addresses.Count == 0) throw RecvException.BadSetting(
            $"a stream needs a source; write {Setting.Src} ADDR:PORT or {Setting.Src} pcap:FILE");
        SourceAddress first = addresses[0];
        SourceAddress? other = addresses.FirstOrDefault(address => address.Kind != first.Kind);
        SourceAddress? alone = addresses.FirstOrDefault(address => address.Kind is SourceKind.Pcap or SourceKind.Shim);
        if (addresses.Count > 1 && (alone ?? other) is { } misfit)
            throw RecvException.BadSetting(
                $"source '{misfit.Text}' cannot share a stream with other sources; make it a stream of its own (another {Setting.Src})");
        if (options is not null) RefuseWithoutEffect(first, options);
        return first.Kind switch
        {
            SourceKind.Pcap => new PcapSource(first.File!, first.Destination),
            SourceKind.Packet => new PacketSource(addresses,
                options is null ? null : new PacketSourceOptions { RingBytes = options.BufferBytes }),
            SourceKind.Xdp => new XdpSource(addresses, XdpSourceOptions.OfShared(first, options)),
            SourceKind.Shim => new ShimSource(first),
            _ => new UdpSource(addresses, options),
        };
    }

    /// <summary>The datagrams of captures, one after the other, for <paramref name="destination"/>, or all of them.</summary>
    public static IOriginSource OfCaptures(IReadOnlyList<string> files, EndpointRange? destination = null) =>
        new PcapSource(files, destination);

    // What a user names must be granted.
    private static void RefuseWithoutEffect(SourceAddress first, SourceOptions options)
    {
        bool waitIsNamed = options.Wait != WaitPolicy.Nap || options.NapMicroseconds > 0;
        const long LeastXdpBytes = XdpSourceOptions.MinFrames * 4096L;
        (Setting About, string Why)? refusal = first.Kind switch
        {
            SourceKind.Packet when waitIsNamed =>
                (Setting.Wait, "packet: always waits for the next block of its ring; leave it out, or use xdp: or udp:"),
            SourceKind.Shim when waitIsNamed => (Setting.Wait, "how to wait is up to the library; leave it out"),
            SourceKind.Shim when options.BufferRequired => (Setting.Buffer, "buffers are up to the library; leave it out"),
            SourceKind.Xdp when options.BufferRequired && options.BufferBytes < LeastXdpBytes =>
                (Setting.Buffer, $"{options.BufferBytes} bytes are less than the fewest frames; give at least {LeastXdpBytes >> 20} MiB "
                    + $"for each queue, or leave it out"),
            _ => null,
        };
        if (refusal is var (about, why)) throw RecvException.BadSetting($"{about} for source '{first.Text}': {why}");
    }
}
