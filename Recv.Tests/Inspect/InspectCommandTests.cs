using System.Net;
using System.Text.Json.Nodes;
using Recv.Inspect;
using Recv.Ledger;
using Recv.Sources;
using Recv.Spead;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Inspect;

[Collection(AloneCollection.Name)]
public sealed class InspectCommandTests
{
    private static string Vector(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name + ".pcap");

    [Fact]
    public void ACaptureIsDescribed()
    {
        JsonNode json = Json(Vector("beam-clean-4096"));
        Assert.Equal((145, 49, 1), ((int)json["packets"]!, (int)json["heaps"]!["complete"]!, (int)json["heaps"]!["stop"]!));
        Assert.Equal(0, (int)json["heaps"]!["missing"]!);
        Assert.Equal("64-48", Assert.Single(json["flavours"]!.AsObject()).Key);
        Assert.Equal((0x1600, "timestamp", 16384),
            ((int)json["timestamp"]!["id"]!, (string)json["timestamp"]!["name"]!, (int)json["timestamp"]!["step"]!));
        Assert.Equal(4, json["senders"]!.AsArray().Count);
        Assert.Equal("10.20.30.40:7148", (string)json["senders"]![0]!["to"]!);
        Assert.Equal([0, 64, 128, 192], Item(json, 0x4103)["values"]!["values"]!.AsArray().Select(value => (int)value!));
        Assert.Equal(("bf_raw", 8192), ((string)Item(json, 0x5000)["name"]!, (int)Item(json, 0x5000)["lengths"]!["min"]!));
        Assert.Empty(json["mistakes"]!.AsObject());
    }

    [Fact]
    public void ALayoutIsNotWrittenOverTheCapture()
    {
        byte[] before = File.ReadAllBytes(Vector("beam-clean-4096"));
        using TemporaryFile capture = new(before);
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture.Path, "--write-layout", capture.Path);
        Assert.Equal(2, code);
        Assert.Contains($"--write-layout {capture.Path} is there already; name another file", Assert.Single(error),
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(capture.Path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ALayoutThatIsThereIsRefusedBeforeTheLook(int bytes)
    {
        using TemporaryFile layout = new(new byte[bytes]);
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("inspect", Vector("beam-clean-4096"), "--write-layout", layout.Path);
        Assert.Equal(2, code);
        Assert.Contains("is there already", Assert.Single(error), StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void HeapsAfterAnIncompleteOneAreForgottenOnceTheyAreComplete()
    {
        List<long> ended = [];
        var assembler = new HeapAssembler(heap => ended.Add(heap.HeapCnt));
        for (int i = 0; i <= 5000; i++)
        {
            byte[] bytes = new PacketBuilder().Control(i + 1, i == 0 ? 9 : 2, 0, 2).Payload([1, 2]).Build();
            Assert.Equal(Outcome.None, SpeadPacket.Decode(bytes, out SpeadPacket packet));
            assembler.Add(packet, default);
            Assert.Equal(1, assembler.Remembered);
        }
        assembler.Flush();
        Assert.Equal(0, assembler.Remembered);
        Assert.Equal([.. Enumerable.Range(2, 5000).Select(number => (long)number), 1], ended);
    }

    [Fact]
    public void FramesOnUnreadQueuesAreLoss()
    {
        var inspector = new TrafficInspector();
        inspector.Finish();
        var inspection = new Inspection(inspector, "xdp", new SourceStatus(
            RingDropped: 20, Skipped: new Dictionary<string, long> { ["other_queue"] = 300, ["not_udp"] = 4 }));
        JsonNode json = inspection.ToJson();
        Assert.Equal((320, 300), ((long)json["kernel_dropped"]!, (long)json["other_queue"]!));
        Assert.Equal("not_udp", Assert.Single(json["skipped"]!.AsObject()).Key);
        Assert.Contains(inspection.ToPage(),
            line => line.StartsWith("dropped    320 before we saw them, 300 of them on queues", StringComparison.Ordinal));
    }

    [Fact]
    public void DescriptorsAreDescribed()
    {
        JsonNode json = Json(Vector("spead2-send-packet-8872"));
        Assert.Equal(["Test item 0", "Test item 1", "Test item 2", "Test item 3"],
            json["descriptors"]!.AsArray().Select(each => (string)each!["name"]!));
        Assert.Equal("{'shape': (4096,), 'fortran_order': False, 'descr': '>u4'}", (string)json["descriptors"]![0]!["numpy_header"]!);
        Assert.Equal("Test item 2", (string)Item(json, 0x1002)["name"]!);
    }

    [Theory]
    [InlineData("digitiser-duplicate-heaps", "duplicate_heap_cnts")]
    [InlineData("digitiser-bad-timestamp", "misaligned_timestamps")]
    [InlineData("fengine-bad-heaps", "wrong_sizes")]
    [InlineData("fengine-bad-heaps", "missing_items")]
    [InlineData("fengine-packet-order", "out_of_order_packets")]
    [InlineData("fengine-duplicate-packets", "repeated_packets")]
    [InlineData("capture-noise", "fragments")]
    [InlineData("capture-noise", "truncated_capture")]
    [InlineData("malformed-headers", "not_spead_magic")]
    [InlineData("malformed-lengths", "no_heap_length")]
    [InlineData("malformed-lengths", "inconsistent_packets")]
    [InlineData("odd-items", "items_beyond_heap")]
    [InlineData("digitiser-jump-backward", "timestamps_running_back")]
    public void MistakesOfSendersHaveNames(string vector, string mistake)
    {
        Assert.True((int?)Json(Vector(vector))["mistakes"]![mistake] > 0, $"{vector} has no {mistake}");
        Assert.Contains(RecvInProcess.Run("inspect", Vector(vector)).Output,
            line => line.StartsWith($"mistake    {mistake}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void LossIsCountedByBytesAndByTimestamp()
    {
        JsonNode heaps = Json(Vector("beam-lost-heaps"))["heaps"]!;
        Assert.True((int)heaps["missing"]! > 0);
        Assert.True((int)Json(Vector("fengine-lost-packets"))["heaps"]!["incomplete"]! > 0);
        Assert.True((int)Json(Vector("fengine-lost-packets"))["heaps"]!["missing_bytes"]! > 0);
    }

    [Fact]
    public void PacketsThatAnOffloadMergedAreNamed()
    {
        byte[] one = new PacketBuilder().Control(1, 10, 0, 10).Payload(new byte[10]).Build();
        using TemporaryFile capture = new CaptureBuilder().Add(new CaptureBuilder.Frame([.. one, .. one])).ToFile();
        Assert.Equal(1, (int)Json(capture.Path)["mistakes"]!["merged_packets"]!);
    }

    [Fact]
    public void SendersThatCountAlikeAreNamed()
    {
        CaptureBuilder capture = new();
        for (int half = 0; half < 2; half++)
            capture.AddRaw(Ipv6Frame.Of(
                half == 0 ? "ff15::1" : "ff15::2", 7148, new PacketBuilder().Control(7, 20, half * 10, 10).Payload(new byte[10]).Build()));
        using TemporaryFile file = capture.ToFile();
        Assert.Equal(1, (int)Json(file.Path)["mistakes"]!["colliding_heap_cnts"]!);
    }

    [Fact]
    public void DurationAndRateAreWithoutTheStepsOfTheClock()
    {
        byte[] packet = new PacketBuilder().Control(1, 0, 0, 0).Build();
        CaptureBuilder capture = new CaptureBuilder().At(1_700_000_037);
        for (int i = 0; i < 5; i++) capture.Add(new CaptureBuilder.Frame(packet));
        capture.At(1_700_000_004);
        for (int i = 0; i < 5; i++) capture.Add(new CaptureBuilder.Frame(packet));
        using TemporaryFile file = capture.ToFile();
        JsonNode json = Json(file.Path);
        Assert.Equal((8.0, 1), ((double)json["seconds"]!, (int)json["clock_steps"]!));
        IReadOnlyList<string> page = RecvInProcess.Run("inspect", file.Path).Output;
        Assert.Contains(", 8.000 s,", page[0], StringComparison.Ordinal);
        Assert.StartsWith("clock      the clock of the capture steps back by 37 s before datagram 6 ", page[1], StringComparison.Ordinal);
    }

    [Fact]
    public void SecondsOfACaptureAreThoseOfItsClock()
    {
        byte[] packet = new PacketBuilder().Control(1, 0, 0, 0).Build();
        // A frame each second.
        CaptureBuilder capture = new();
        for (int i = 0; i < 10; i++) capture.Add(new CaptureBuilder.Frame(packet));
        using TemporaryFile file = capture.ToFile();
        Assert.Equal(4, (int)Json(file.Path, "--seconds", "3.5")["packets"]!);
        Assert.Equal(10, (int)Json(file.Path)["packets"]!);
    }

    [Fact]
    public async Task ALivePortIsDescribed()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start("inspect", $"127.0.0.1:{port}", "--seconds", "5", "--json");
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Loopback, port));
        Task<int> ended = Task.Run(process.Wait);
        // Slowly, until it has seen enough: neither is in a hurry.
        for (long heap = 0; !ended.IsCompleted; heap++)
        {
            sender.Send(new HeapBuilder(Flavour.Spead6448, heap).Immediate(ItemIds.Timestamp, heap * 512).Addressed(0x3300, new byte[64])
                .Build().ToPackets(1400)[0]);
            await Task.WhenAny(ended, Task.Delay(1));
        }
        JsonNode json = JsonNode.Parse(string.Join('\n', process.Output))!;
        Assert.True((int)json["heaps"]!["complete"]! > 0, process.Everything);
        Assert.Equal(512, (int)json["timestamp"]!["step"]!);
        Assert.Equal($"127.0.0.1:{port}", (string)json["senders"]![0]!["to"]!);
    }

    [Theory]
    [InlineData("name a capture or a source")]
    [InlineData("does not exist", "nowhere.pcap")]
    [InlineData("--seconds 0: give more than 0", "nowhere.pcap", "--seconds", "0")]
    [InlineData("chooses datagrams of a capture", "127.0.0.1:7148", "--dst", "127.0.0.1:7148")]
    public void MistakesOfTheUserAreOneLineAndExitCode2(string says, params string[] arguments)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(["inspect", .. arguments]);
        Assert.Equal(2, code);
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
    }

    private static JsonNode Json(string file, params string[] options)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(["inspect", file, "--json", .. options]);
        Assert.True(code == 0, string.Join('\n', error));
        return JsonNode.Parse(string.Join('\n', output))!;
    }

    private static JsonNode Item(JsonNode json, int id) => json["items"]!.AsArray().Single(item => (int)item!["id"]! == id)!;
}
