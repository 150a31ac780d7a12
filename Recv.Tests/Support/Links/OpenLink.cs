using System.Net;
using System.Net.Sockets;
using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Packet;
using Recv.Sources.Xdp;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Links;

/// <summary>A cable with an open source at one end, of which a test takes datagrams.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> cable and sources.</remarks>
internal sealed class OpenLink<T> : IDisposable where T : IPacketSource
{
    private readonly Datagram[] _batch = new Datagram[256];

    public OpenLink(VethPair link, params T[] sources)
    {
        (Link, Sources) = (link, sources);
        link.Receiver.Run(() => Array.ForEach(sources, source => source.Open()));
    }

    public VethPair Link { get; }

    public T[] Sources { get; }

    public T Source => Sources[0];

    /// <summary>Takes datagrams until so many have come, in copies.</summary>
    public List<byte[]> Receive(int count, T? from = default)
    {
        List<byte[]> all = [];
        Eventually.Holds(() =>
        {
            int given = (from ?? Source).Receive(_batch, wait: false);
            foreach (Datagram datagram in _batch.AsSpan(0, given)) all.Add(datagram.Span.ToArray());
            (from ?? Source).Release();
            return all.Count >= count;
        }, $"{count} datagrams");
        return all;
    }

    /// <summary>The flaws of the next datagrams.</summary>
    public List<Outcome> ReceiveFlaws(int count)
    {
        List<Outcome> all = [];
        Eventually.Holds(() =>
        {
            int given = Source.Receive(_batch, wait: false);
            foreach (Datagram datagram in _batch.AsSpan(0, given)) all.Add(datagram.Flaw);
            Source.Release();
            return all.Count >= count;
        }, $"{count} datagrams");
        return all;
    }

    public Socket NewSender(int port = OpenLink.Port) => Link.NewSender(new IPEndPoint(VethPair.Address, port));

    public void Dispose()
    {
        Array.ForEach(Sources, source => source.Dispose());
        Link.Dispose();
    }
}

/// <summary>Sources at one end of a cable.</summary>
internal static class OpenLink
{
    public const int Port = 7148;

    public static OpenLink<XdpSource> Xdp(string queues = "0", string query = "", int mtu = 9000, int cableQueues = 1) => new(
        new VethPair(mtu, cableQueues),
        [.. SourceAddress.PerQueue(SourceAddress.ParseList($"xdp:{VethPair.ReceiverDevice}/{queues}:10.20.30.40:{Port}{query}"))
            .Select(addresses => new XdpSource(addresses))]);

    public static OpenLink<PacketSource> Packet(PacketSourceOptions? options = null) => new(new VethPair(),
        new PacketSource([SourceAddress.Parse($"packet:{VethPair.ReceiverDevice}:10.20.30.40:{Port}")], options));
}
