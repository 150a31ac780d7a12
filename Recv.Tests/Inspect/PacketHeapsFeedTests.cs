using System.Security.Cryptography;
using Recv.Simulate;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Inspect;

/// <summary>What <c>inspect</c> says of packets that are heaps by themselves, and the layout that it writes for them.</summary>
public sealed class PacketHeapsFeedTests
{
    [Fact]
    public void TheFormAndTheItemsOfAStationBeamAreNamedAndTheLayoutReceivesIt()
    {
        List<(byte[] Packet, PacketTag Tag)> packets = new InstrumentSimulator(new SimulatorOptions
        {
            Instrument = Instrument.Sps,
            Parameters = new Dictionary<string, long> { ["first_channel"] = 96, ["n_channels"] = 16, ["heap_samples"] = 32 },
            Heaps = 16 * 40,
        }).ReadAll();
        var capture = new CaptureBuilder();
        foreach ((byte[] packet, _) in packets) capture.Add(new CaptureBuilder.Frame(packet));
        using TemporaryFile file = capture.ToFile();

        IReadOnlyList<string> page = RecvInProcess.Run("inspect", file.Path).Output;
        Assert.Contains("form       packets without heap length or payload offset: each is a heap by itself, which layouts with "
            + "packet_heaps: true take", page);
        Assert.Contains("mistakes   none", page);
        Assert.Contains(page,
            line => line.StartsWith("time       0x1600 timestamp, step 34560, 40 times, 16 heaps at each", StringComparison.Ordinal));
        foreach (string item in (string[])["0x1027 sync_time: constant 1767225600", "0x1600 timestamp: ", "0x1011 center_freq: ",
            "0x3000 channel_info: ", "0x3001 antenna_info: "])
            Assert.Contains(page, line => line.StartsWith("item       " + item, StringComparison.Ordinal));

        using var rig = new InferenceRig();
        (string command, IReadOnlyList<string> warnings) = rig.Infer(file.Path);
        Assert.Empty(warnings);
        Assert.Contains("packet_heaps: true", File.ReadAllText(rig.Layout), StringComparison.Ordinal);
        Assert.Equal(packets.Select(each => new ReadPacket(each.Packet)).Select(packet => (packet.Immediate(0x1600), Hash(packet.Payload)))
            .Order(), rig.Received(command));
    }

    [Fact]
    public void SomePacketsWithoutHeapLengthAreAMistakeAndNoForm()
    {
        var capture = new CaptureBuilder();
        for (int i = 0; i < 40; i++) capture.Add(
            new CaptureBuilder.Frame(new PacketBuilder().Control(i, 8, 0, 8).Immediate(0x1600, i * 10).Payload(new byte[8]).Build()));
        for (int i = 0; i < 3; i++) capture.Add(
            new CaptureBuilder.Frame(new PacketBuilder().Immediate(1, i).Immediate(4, 8).Payload(new byte[8]).Build()));
        using TemporaryFile file = capture.ToFile();
        IReadOnlyList<string> page = RecvInProcess.Run("inspect", file.Path).Output;
        Assert.Contains(page, line => line.StartsWith("mistake    not_spead_no_payload_offset: 3", StringComparison.Ordinal));
        Assert.DoesNotContain(page, line => line.StartsWith("form", StringComparison.Ordinal));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
