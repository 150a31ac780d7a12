using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Sources.Udp;

/// <summary>An open UDP source on ports of the kernel's choice, with a sender for each of its sockets.</summary>
/// <remarks><b>Owns:</b> the source and the senders.</remarks>
internal sealed class UdpFixture : SourceFixture
{
    /// <summary>A receive buffer that an ordinary user gets everywhere.</summary>
    public static readonly SourceOptions Ordinary = new() { BufferBytes = 400 * 1024 };

    private readonly LoopbackSender[] _senders;
    private int _turn;

    public UdpFixture(string sources, SourceOptions? options = null) : base(Make(sources, options ?? Ordinary))
    {
        Source.Open();
        _senders = [.. Udp.LocalEndpoints.Select(endpoint => new LoopbackSender(endpoint))];
    }

    public UdpSource Udp => (UdpSource)Source;

    public override bool CanEnd => false;

    public LoopbackSender Sender => _senders[0];

    public override void Feed(ReadOnlySpan<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams) _senders[_turn++ % _senders.Length].Send(datagram);
    }

    /// <summary>The source that the text means, but for the ports: the kernel chooses them, so that tests do not
    /// meet.</summary>
    public static UdpSource Make(string sources, SourceOptions options) => new(
        [.. SourceAddress.ParseList(sources).Select(source => source with { Destination = source.Destination! with { Port = 0 } })],
        options)
    {
        WaitMilliseconds = 60_000,
    };

    /// <summary>Receives until <paramref name="count"/> datagrams have come.</summary>
    public List<Datagram> Receive(int count, int span = 64)
    {
        List<Datagram> all = [];
        Datagram[] batch = new Datagram[span];
        while (all.Count < count) all.AddRange(batch[..Source.Receive(batch, wait: true)]);
        return all;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (LoopbackSender sender in _senders) sender.Dispose();
    }
}
