using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Recv.Spead;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Processes;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Inspect;

/// <summary>A capture of headers alone (tcpdump -s 96) says what its headers say.</summary>
public sealed class HeadersOnlyTests
{
    private static string Vector(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name + ".pcap");

    [Theory]
    [InlineData("fengine-lost-packets", 160)]
    [InlineData("beam-lost-heaps", 160)]
    [InlineData("digitiser-clean-10bit", 160)]
    [InlineData("digitiser-clean-10bit", 96)]
    public void HeapsTimesSendersAndLossAreThoseOfTheWholeCapture(string vector, int snap)
    {
        using TemporaryFile file = new(Snapped(File.ReadAllBytes(Vector(vector)), snap));
        JsonNode whole = Json(Vector(vector)), front = Json(file.Path);
        foreach (string part in (string[])["datagrams", "bytes", "packets", "flavours", "datagram_bytes", "heap_bytes", "senders"])
            Assert.True(JsonNode.DeepEquals(whole[part], front[part]), $"{part}: {whole[part]} and {front[part]}");
        foreach (string part in (string[])["complete", "incomplete", "missing_bytes", "stop"])
            Assert.Equal((part, (long)whole["heaps"]![part]!), (part, (long)front["heaps"]![part]!));
        Assert.Equal((long)front["datagrams"]! - Shorter(vector, snap), (long)front["headers_only"]!);
        if (snap == 160)
        {
            Assert.True(JsonNode.DeepEquals(whole["items"], front["items"]), $"{whole["items"]} and {front["items"]}");
            Assert.True(JsonNode.DeepEquals(whole["timestamp"], front["timestamp"]));
            Assert.True(JsonNode.DeepEquals(whole["heaps"]!["missing"], front["heaps"]!["missing"]));
        }
        // Five item pointers fit: those of the protocol, and the time.
        else Assert.Contains(front["items"]!.AsArray(), item => (int)item!["id"]! == 0x1600);
    }

    [Fact]
    public void ThePageSaysHeadersOnly()
    {
        using TemporaryFile file = new(Snapped(File.ReadAllBytes(Vector("digitiser-clean-10bit")), 96));
        Assert.Contains("recorded   headers only: of 48 datagrams the data are not in the capture; what follows is by their headers",
            RecvInProcess.Run("inspect", file.Path).Output);
        Assert.DoesNotContain(RecvInProcess.Run("inspect", Vector("digitiser-clean-10bit")).Output, line => line.StartsWith("recorded",
            StringComparison.Ordinal));
    }

    [Fact]
    public void FrontOfADatagramIsReadNoFurtherThanItGoes()
    {
        byte[] packet = new PacketBuilder().Control(7, 5000, 1000, 400).Immediate(0x1600, 99).Immediate(0x3101,
            3).Payload(new byte[400]).Build();
        using GuardedMemory memory = new(packet.Length);
        Gen<(int At, byte Value)> change =
            from at in Gen.Choose(0, 70)
            from value in Gen.Choose(1, 255)
            select (at, (byte)value);
        Arbitrary<(int At, byte Value)[]> changes = Gen.Choose(0, 3).SelectMany(count => change.ArrayOf(count)).ToArbitrary();
        Prop.ForAll(Gen.Choose(0, packet.Length).ToArbitrary(), changes, (length, damage) =>
        {
            byte[] front = packet[..length];
            foreach ((int at, byte value) in damage) if (at < length) front[at] ^= value;
            Outcome outcome = SpeadPacket.DecodeFront(memory.Place(front), out SpeadPacket read);
            for (int i = 0; i < read.ItemCount; i++) _ = read[i];
            if (damage.Length > 0) return outcome != Outcome.None || read.Payload.Length <= length;
            // Four item pointers say what has to be said.
            return length < 8 + 32 ? outcome != Outcome.None
                : outcome == Outcome.None && (read.HeapCnt, read.HeapLength, read.PayloadOffset, read.PayloadLength) == (7, 5000, 1000, 400)
                    && read.StatedLength == packet.Length && read.Payload.Length == Math.Max(0, length - (packet.Length - 400));
        }).QuickCheckThrowOnFailure();
    }

    // Descriptors and stop heaps may be shorter than the front.
    private static long Shorter(string vector, int snap)
    {
        long whole = 0;
        byte[] capture = File.ReadAllBytes(Vector(vector));
        for (int at = 24; at < capture.Length; at += 16 + BitConverter.ToInt32(capture, at + 8)) if (BitConverter.ToInt32(capture, at
            + 12) <= snap) whole++;
        return whole;
    }

    private static byte[] Snapped(byte[] capture, int snap)
    {
        List<byte> snapped = [.. capture[..24]];
        for (int at = 24, bytes; at < capture.Length; at += 16 + bytes)
        {
            bytes = BitConverter.ToInt32(capture, at + 8);
            int kept = Math.Min(bytes, snap);
            snapped.AddRange([.. capture[at..(at + 8)], .. BitConverter.GetBytes(kept), .. capture[(at + 12)..(at + 16 + kept)]]);
        }
        return [.. snapped];
    }

    private static JsonNode Json(string file)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", file, "--json");
        Assert.True(code == 0, string.Join('\n', error));
        return JsonNode.Parse(string.Join('\n', output))!;
    }
}
