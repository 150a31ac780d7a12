using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Tests.Contracts;

namespace Recv.Tests.Support.Links;

/// <summary>An open source at one end of a cable, and a sender at the other.</summary>
/// <remarks><b>Owns:</b> source, sender and cable.</remarks>
internal sealed class FrameFixture : SourceFixture
{
    private readonly VethPair _link;
    private readonly Socket _sender;

    private FrameFixture(VethPair link, IPacketSource source, Func<IPEndPoint> destination) : base(source)
    {
        _link = link;
        try
        {
            link.Receiver.Run(source.Open);
            _sender = link.NewSender(destination());
        }
        catch
        {
            source.Dispose();
            link.Dispose();
            throw;
        }
    }

    public override bool CanEnd => false;

    /// <summary>Opens what <paramref name="make"/> makes of <paramref name="text"/>, on a port of the kernel's choice.</summary>
    public static FrameFixture Open<T>(string text, Func<SourceAddress[], T> make, Func<T, IReadOnlyList<IPEndPoint>> locals)
        where T : IPacketSource
    {
        SourceAddress address = SourceAddress.Parse(text);
        T source = make([address with { Destination = address.Destination! with { Port = 0 } }]);
        return new FrameFixture(new VethPair(), source, () => locals(source)[0]);
    }

    public override void Feed(ReadOnlySpan<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams) _sender.Send(datagram);
    }

    protected override void Dispose(bool disposing)
    {
        _sender.Dispose();
        _link.Dispose();
    }
}
