using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using static Recv.Tests.Support.Captures.Wrapped;

namespace Recv.Tests.Sources.Pcap.Fragments;

/// <summary>IP datagrams in pieces are put together; what cannot be is an outcome.</summary>
public sealed class FragmentTests
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");

    [Theory]
    [InlineData("0 1 2")]
    [InlineData("2 1 0")]
    [InlineData("1 2 0")]
    [InlineData("0 0 1 1 2 2")]
    [InlineData("0 2 0 1")]
    [InlineData("0 1 2 2")]
    [InlineData("0 1 2 1 0")]
    public void PiecesInAnyOrderAndTwiceMakeOneDatagram(string order)
    {
        byte[] payload = Pattern(1000);
        CaptureBuilder capture = new();
        foreach (string piece in order.Split(' ')) capture.AddRaw(Outer(Pieces(payload, 400)[int.Parse(piece)]));
        Captured captured = Read(capture);
        Assert.Equal(payload, Assert.Single(captured.Datagrams));
        Assert.Equal([Outcome.None], captured.Flaws);
        Assert.Equal((order.Split(' ').Length, 1), (captured.Gauges["fragments"], captured.Gauges["reassembled"]));
    }

    [Fact]
    public void TheLongestDatagramIsPutTogether()
    {
        byte[] payload = Pattern(65507);
        CaptureBuilder capture = new() { Step = 0 };
        foreach (byte[] piece in Pieces(payload, 1480)) capture.AddRaw(Outer(piece));
        Assert.Equal(payload, Assert.Single(Read(capture).Datagrams));
    }

    [Fact]
    public void PiecesOfManyDatagramsMayBeMixed()
    {
        CaptureBuilder capture = new() { Step = 0 };
        byte[][] payloads = [.. Enumerable.Range(0, 150).Select(number => Pattern(900 + number))];
        for (int piece = 0; piece < 3; piece++)
            for (int number = 0; number < payloads.Length; number++) capture.AddRaw(Outer(Pieces(payloads[number], 400,
                id: number)[piece]));
        Captured captured = Read(capture);
        Assert.Equal(payloads, captured.Datagrams);
        Assert.All(captured.Flaws, flaw => Assert.Equal(Outcome.None, flaw));
    }

    [Theory]
    [InlineData("one is missing", 0, 0, 1)]
    [InlineData("the first is missing", 1, 1, 1)]
    [InlineData("another port", 0, 2, 0)]
    public void WhatCannotBeWholeIsAnOutcomeWhenItMayBeOurs(string what, int from, int to, int lost)
    {
        byte[][] pieces = Pieces(Pattern(1000), 400, port: what == "another port" ? 7149 : 7148);
        Captured captured = Read(new CaptureBuilder().AddRaw(Outer(pieces[from])).AddRaw(Outer(pieces[to])));
        Assert.Equal(lost, captured.Lost);
        Assert.Equal(lost == 0 ? 2 : 0, captured.Skipped["other_destination"]);
        Assert.Equal(2, captured.Frames);
    }

    [Theory]
    [InlineData(0, 408, 400, 400, 800, 208)]
    [InlineData(0, 400, 392, 408, 800, 208)]
    [InlineData(0, 400, 0, 400, 400, 608)]
    [InlineData(0, 404, 400, 400, 800, 208)]
    [InlineData(0, 400, 400, 400, 800, 0)]
    public void PiecesThatOverlapOrCannotBeAreRefusedWithTheirDatagram(params int[] pieces)
    {
        byte[] udp = UdpOf(7148, Pattern(1000));
        CaptureBuilder capture = new();
        for (int i = 0; i < pieces.Length; i += 2)
        {
            byte[] bytes = udp[pieces[i]..(pieces[i] + pieces[i + 1])];
            // A piece that says the same twice is a repeat; here it says something else.
            if (i == 2 && bytes.Length > 0) bytes[^1] ^= 1;
            int more = i + 2 < pieces.Length ? 0x2000 : 0;
            capture.AddRaw(Outer(Ip(17, bytes, "10.20.30.40", id: 9, fragment: more | pieces[i] / 8)));
        }
        Captured captured = Read(capture);
        Assert.Equal([Outcome.Fragment], captured.Flaws);
        Assert.Empty(Assert.Single(captured.Datagrams));
        Assert.Equal(3, captured.Frames);
    }

    [Fact]
    public void PieceRecordedTooShortMakesItsDatagramTruncated()
    {
        byte[][] pieces = Pieces(Pattern(1000), 400);
        Captured captured = Read(new CaptureBuilder().AddRaw(Outer(pieces[0])).AddRaw(Outer(pieces[1]),
            captured: 200).AddRaw(Outer(pieces[2])));
        Assert.Equal([Outcome.TruncatedCapture], captured.Flaws);
    }

    [Fact]
    public void PiecesAreAwaitedForHalfAMinuteOfTheCapture()
    {
        byte[][] pieces = Pieces(Pattern(600), 400);
        foreach (int seconds in (int[])[30, 31])
        {
            CaptureBuilder capture = new CaptureBuilder().AddRaw(Outer(pieces[0]));
            // A frame each second.
            for (int i = 1; i < seconds; i++) capture.AddRaw(Ethernet(0x88cc, new byte[30]));
            Captured captured = Read(capture.AddRaw(Outer(pieces[1])));
            Assert.Equal(seconds == 30 ? [Outcome.None] : [Outcome.Fragment, Outcome.Fragment], captured.Flaws);
        }
    }

    [Fact]
    public void NumberThatComesRoundIsAnotherDatagram()
    {
        byte[] before = Pattern(600), after = Pattern(601);
        CaptureBuilder capture = new CaptureBuilder { Step = 0 }.AddRaw(Outer(Pieces(before, 400)[0]));
        for (int i = 0; i < 33_000; i++) capture.AddRaw(Ethernet(0x88cc, new byte[30]));
        foreach (byte[] piece in Pieces(after, 400)) capture.AddRaw(Outer(piece));
        Captured captured = Read(capture);
        Assert.Equal([Outcome.Fragment, Outcome.None], captured.Flaws.Order().Reverse());
        Assert.Contains(after, captured.Datagrams);
    }

    [Fact]
    public void MemoryForPiecesIsBounded()
    {
        CaptureBuilder capture = new() { Step = 0 };
        for (int id = 0; id < 1000; id++) capture.AddRaw(Outer(Pieces(Pattern(600), 400, id: id)[0]));
        byte[][] last = Pieces(Pattern(600), 400, id: 5000);
        Captured captured = Read(capture.AddRaw(Outer(last[0])).AddRaw(Outer(last[1])));
        Assert.Equal((1000, 1), (captured.Lost, captured.Flaws.Count(flaw => flaw == Outcome.None)));
    }

    [Fact]
    public void PiecesOfIpv6ArePutTogether()
    {
        byte[] udp = UdpOf(7148, Pattern(600));
        byte[] first = [.. (byte[])[17, 0, 0, 1, 0, 0, 0, 7], .. udp[..400]];
        byte[] second = [.. (byte[])[17, 0, .. Word(400), 0, 0, 0, 7], .. udp[400..]];
        CaptureBuilder capture = new CaptureBuilder().AddRaw(Ethernet(0x86dd, Ip6(44, second, "ff15::1"))).AddRaw(Ethernet(0x86dd,
            Ip6(44, first, "ff15::1")));
        Assert.Equal(Pattern(600), Assert.Single(Captured.Read(capture.Bytes, EndpointRange.Parse("[ff15::1]:7148")).Datagrams));
    }

    [Fact]
    public void TunnelsInPiecesAndPiecesInTunnelsArePutTogether()
    {
        byte[] payload = Pattern(1000);
        // A datagram in pieces, each in VXLAN, that again in pieces.
        CaptureBuilder capture = new();
        int id = 100;
        foreach (byte[] piece in Pieces(payload, 400))
        {
            byte[] outer = Vxlan(Outer(piece))[34..];
            id++;
            capture.AddRaw(Outer(Ip(17, outer[..200], Far, id, 0x2000))).AddRaw(Outer(Ip(17, outer[200..], Far, id, 25)));
        }
        Captured captured = Read(capture);
        Assert.Equal(payload, Assert.Single(captured.Datagrams));
        Assert.Equal((6, 1, 1), (captured.Gauges["fragments"], captured.Gauges["reassembled"], captured.Decapsulated["vxlan"]));
    }

    [Fact]
    public void BatchKeepsWhatWasPutTogetherUntilItIsReleased()
    {
        byte[][] payloads = [.. Enumerable.Range(0, 64).Select(number => Pattern(700 + number))];
        CaptureBuilder capture = new();
        for (int number = 0; number < payloads.Length; number++)
            foreach (byte[] piece in Pieces(payloads[number], 400, id: number)) capture.AddRaw(Outer(piece));
        using TemporaryFile file = capture.ToFile();
        using IPacketSource source = SourceFactory.OfCaptures([file.Path], Destination);
        source.Open();
        Datagram[] batch = new Datagram[64];
        Assert.Equal(64, source.Receive(batch, wait: true));
        Assert.Equal(payloads, batch.Select(datagram => datagram.Span.ToArray()));
    }

    [Fact]
    public void LostPiecesAreLossOfTheRun()
    {
        using TemporaryFile file = new CaptureBuilder().AddRaw(Outer(Pieces(Pattern(1000), 400)[0])).ToFile();
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("replay", file.Path, "--layout", "meerkat-digitiser", "--fail-on-loss");
        Assert.Equal(1, code);
        Assert.Contains(output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["fragment", "1", ..]);
        Assert.Contains("fragment 1", Assert.Single(error), StringComparison.Ordinal);
    }

    [ToolFact("tshark")]
    public void TsharkPutsTheSameTogether()
    {
        CaptureBuilder capture = new();
        foreach (byte[] piece in Pieces(Pattern(1000), 400)) capture.AddRaw(Outer(piece));
        using TemporaryFile file = capture.ToFile();
        string said = Tool.Run("", "tshark", "-r", file.Path, "-Y", "udp", "-T", "fields", "-e", "udp.dstport", "-e", "udp.payload").Said;
        Assert.Contains($"7148\t{Convert.ToHexStringLower(Pattern(1000))}", said, StringComparison.Ordinal);
    }

    internal static byte[][] Pieces(byte[] payload, int bytes, int id = 7, int port = 7148, string to = "10.20.30.40")
    {
        byte[] udp = UdpOf(port, payload);
        return [.. Enumerable.Range(0, (udp.Length + bytes - 1) / bytes).Select(piece => Ip(17, udp[(piece * bytes)..Math.Min(udp.Length,
            (piece + 1) * bytes)],
            to, id, ((piece + 1) * bytes < udp.Length ? 0x2000 : 0) | piece * bytes / 8))];
    }

    private static byte[] Pattern(int bytes)
    {
        byte[] pattern = new byte[bytes];
        new Random(bytes).NextBytes(pattern);
        return pattern;
    }

    private static Captured Read(CaptureBuilder capture) => Captured.Read(capture.Bytes, Destination);
}
