using System.Buffers.Binary;
using System.Net;
using Recv.Ledger;
using Recv.Memory;
using Recv.Sources;
using Recv.Sources.Frames;
using Recv.Tests.Support.Captures;

namespace Recv.Tests.Sources.Frames;

public sealed unsafe class FrameParserTests
{
    private static readonly CaptureBuilder.Frame Good = new([1, 2, 3, 4, 5]);

    private readonly FrameParser _parser = new(FrameTarget.Of([
        (new IPEndPoint(IPAddress.Parse("10.20.30.40"), 7148), null),
        (new IPEndPoint(IPAddress.Parse("239.1.1.1"), 7148), IPAddress.Parse("10.0.0.9")),
        (new IPEndPoint(IPAddress.Parse("ff15::1"), 7148), null)]));

    [Fact]
    public void ThePayloadOfAPlainFrameIsGiven()
    {
        (FrameSkip skip, Outcome flaw, byte[] payload) = Read(Good);
        Assert.Equal((FrameSkip.None, Outcome.None), (skip, flaw));
        Assert.Equal([1, 2, 3, 4, 5], payload);
    }

    [Theory]
    [InlineData(0x8100)]
    [InlineData(0x88a8, 0x8100)]
    [InlineData(0x9100, 0x88a8, 0x8100)]
    public void TagsAreReadThrough(params int[] tags) => Assert.Equal([1, 2, 3, 4, 5], Read(Good with { Tags = tags }).Payload);

    [Fact]
    public void OptionsAndPaddingAreNoPayload() =>
        Assert.Equal([1, 2, 3, 4, 5], Read(Good with { FirstByte = 0x4f, Padding = 9 }).Payload);

    [Fact]
    public void ForeignFrameIsSkippedWithItsReason()
    {
        Assert.Equal(FrameSkip.NotIp, Read(Good with { EtherType = 0x0806 }).Skip);
        Assert.Equal(FrameSkip.BadIpHeader, Read(Good with { FirstByte = 0x65 }).Skip);
        Assert.Equal(FrameSkip.BadIpHeader, Read(Good with { FirstByte = 0x44 }).Skip);
        Assert.Equal(FrameSkip.NotUdp, Read(Good with { Protocol = 6 }).Skip);
        Assert.Equal(FrameSkip.LaterFragment, Read(Good with { FragmentField = 0x2010 }).Skip);
        Assert.Equal(FrameSkip.OtherDestination, Read(Good with { To = new IPEndPoint(Good.To.Address, 7149) }).Skip);
        IPEndPoint neighbour = new(IPAddress.Parse("10.20.30.41"), 7148);
        Assert.Equal(FrameSkip.OtherDestination, Read(Good with { To = neighbour }).Skip);
        // The frame has no sender's address.
        Assert.Equal(FrameSkip.OtherSender, Read(Good with { To = new IPEndPoint(IPAddress.Parse("239.1.1.1"), 7148) }).Skip);
    }

    [Fact]
    public void TheNamedSenderIsAccepted()
    {
        byte[] frame = (Good with { To = new IPEndPoint(IPAddress.Parse("239.1.1.1"), 7148) }).Bytes(CaptureBuilder.Ethernet);
        IPAddress.Parse("10.0.0.9").GetAddressBytes().CopyTo(frame, 26);
        Assert.Equal([1, 2, 3, 4, 5], Read(frame).Payload);
    }

    [Fact]
    public void OursThatCannotBeUsedIsGivenWithItsFlaw()
    {
        Assert.Equal((FrameSkip.None, Outcome.Fragment, []), Read(Good with { FragmentField = 0x2000 }));
        Assert.Equal((FrameSkip.None, Outcome.BadUdpLength, []), Read(Good with { UdpLength = 7 }));
        Assert.Equal((FrameSkip.None, Outcome.BadUdpLength, []), Read(Good with { UdpLength = 14 }));
        Assert.Equal((FrameSkip.None, Outcome.BadUdpLength, []), Read(Good with { IpLength = 34 }));
        Assert.Equal((FrameSkip.None, Outcome.TruncatedDatagram, []), Read(Good.Bytes(CaptureBuilder.Ethernet), isCut: true));
    }

    [Fact]
    public void Ipv6IsReadAndItsFragmentsCounted()
    {
        Assert.Equal([1, 2, 3], Read(V6([1, 2, 3], 17, [])).Payload);
        Assert.Equal(Outcome.Fragment, Read(V6([1, 2, 3], 44, [17, 0, 0, 1, 0, 0, 0, 7])).Flaw);
        Assert.Equal(FrameSkip.LaterFragment, Read(V6([1, 2, 3], 44, [17, 0, 0, 9, 0, 0, 0, 7])).Skip);
        Assert.Equal(FrameSkip.NotUdp, Read(V6([1, 2, 3], 0, [17, 0, 0, 0, 0, 0, 0, 0])).Skip);
    }

    [Fact]
    public void NoFrameCutAnywhereOrChangedInAByteReadsBeyondItsEnd()
    {
        byte[][] frames =
        [
            Good.Bytes(CaptureBuilder.Ethernet),
            (Good with { Tags = [0x8100] }).Bytes(CaptureBuilder.Ethernet),
            V6([1, 2, 3], 17, []),
            V6([1], 44, [17, 0, 0, 1, 0, 0, 0, 7]),
        ];
        foreach (byte[] frame in frames)
        {
            for (int length = 0; length <= frame.Length; length++) Read(frame[..length]);
            for (int at = 0; at < frame.Length; at++)
            {
                foreach (byte value in (byte[])[0, 0xff, 0x7f, 0x80, 1])
                {
                    byte[] changed = [.. frame];
                    changed[at] = value;
                    Read(changed);
                }
            }
        }
    }

    [Fact]
    public void NeighboursBecomeOneTargetUnlessPortOrSenderDiffer()
    {
        (IPEndPoint, IPAddress?) At(string address, int port, string? sender = null) =>
            (new IPEndPoint(IPAddress.Parse(address), port), sender is null ? null : IPAddress.Parse(sender));
        FrameTarget[] targets = FrameTarget.Of([
            At("239.1.0.1", 7148), At("239.1.0.0", 7148), At("239.1.0.2", 7148), At("239.1.0.4", 7148), At("239.1.0.3", 7149),
            At("239.1.0.5", 7148, "10.0.0.1"), At("ff15::ffff:ffff", 7148), At("ff15::1:0:0", 7148)]);
        Assert.Equal([0u, 0u, 0u, 0u, 0u, 2u], targets.Select(target => target.More).Order());
    }

    // The last byte of the frame is the last that may be read.
    private (FrameSkip Skip, Outcome Flaw, byte[] Payload) Read(byte[] frame, bool isCut = false)
    {
        using NativeBlock block = NativeBlock.AllocateGuarded(Math.Max(1, frame.Length));
        byte* start = block.Pointer + block.Length - frame.Length;
        frame.CopyTo(new Span<byte>(start, frame.Length));
        FrameSkip skip = _parser.Read(start, frame.Length, isCut, out Datagram datagram);
        return (skip, datagram.Flaw, skip == FrameSkip.None ? datagram.Span.ToArray() : []);
    }

    private (FrameSkip Skip, Outcome Flaw, byte[] Payload) Read(CaptureBuilder.Frame frame) =>
        Read(frame.Bytes(CaptureBuilder.Ethernet));

    private static byte[] V6(byte[] payload, byte next, byte[] extension)
    {
        byte[] ip = new byte[40];
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), (ushort)(extension.Length + 8 + payload.Length));
        ip[6] = next;
        IPAddress.Parse("ff15::1").GetAddressBytes().CopyTo(ip, 24);
        byte[] udp = [0x10, 0, 0x1b, 0xec, 0, (byte)(8 + payload.Length), 0, 0];
        return [.. new byte[12], 0x86, 0xdd, .. ip, .. extension, .. udp, .. payload];
    }
}
