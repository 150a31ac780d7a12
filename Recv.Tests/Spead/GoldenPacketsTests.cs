using System.Globalization;
using System.Text.Json;
using Recv.Spead;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Spead;

/// <summary>The sender's side against packets that spead2 made.</summary>
public class GoldenPacketsTests
{
    [Theory]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("fengine-clean-8872")]
    [InlineData("fengine-clean-1472-64-40")]
    [InlineData("fengine-clean-64-32")]
    [InlineData("fengine-descriptors")]
    [InlineData("fengine-heap-cnt-wrap")]
    [InlineData("fengine-stop-item-ignored")]
    [InlineData("beam-clean-4096")]
    [InlineData("spead2-send-packet-1472")]
    [InlineData("spead2-send-packet-8872")]
    public void HeapsCutAgainAreThePacketsOfTheCapture(string name)
    {
        CapturedPackets capture = CapturedPackets.Load(name);
        (int packetBytes, bool repeatPointers) = SenderOf(name, capture.Json);
        int heaps = 0;
        foreach (IGrouping<long, byte[]> heap in capture.Packets.GroupBy(bytes => new ReadPacket(bytes).HeapCnt))
        {
            Heap joined = ReadPacket.Join([.. heap.Select(bytes => new ReadPacket(bytes))]);
            Assert.Equal(heap, joined.ToPackets(packetBytes, repeatPointers));
            heaps++;
        }
        Assert.True(heaps > 1);
    }

    [Theory]
    [InlineData("spead2-send-packet-1472", 4, 40)]
    [InlineData("spead2-send-packet-8872", 5, 48)]
    [InlineData("beam-clean-4096", 0x30, 48)]
    public void StopHeapIsThatOfSpead2(string name, long heapCnt, int addressBits)
    {
        byte[] expected = CapturedPackets.Load(name).Packets[^1];
        Assert.Equal([expected], HeapBuilder.Stop(new Flavour(addressBits), heapCnt).ToPackets(1472));
    }

    [Fact]
    public void DescriptorsWithFormatAndWithNumpyHeaderAreThoseOfSpead2()
    {
        CapturedPackets capture = CapturedPackets.Load("fengine-descriptors");
        JsonElement layout = capture.Json.GetProperty("layout");
        long channels = layout.GetProperty("n_channels_per_substream").GetInt64();
        long spectra = layout.GetProperty("n_spectra_per_heap").GetInt64();
        HeapBuilder builder = new(Flavour.Spead6448, 0);
        foreach ((int id, string item) in new[] { (ItemIds.Timestamp, "timestamp"), (ItemIds.FengId, "feng_id"),
            (ItemIds.Frequency, "frequency") })
            builder.Describe(new Descriptor { Id = id, Name = item, Description = Text(item), Format = [('u', 48)] });
        builder.Describe(new Descriptor
        {
            Id = ItemIds.FengRaw,
            Name = "feng_raw",
            Description = Text("feng_raw"),
            NumpyHeader = string.Create(
                CultureInfo.InvariantCulture, $"{{'shape': ({channels}, {spectra}, 2, 2), 'fortran_order': False, 'descr': '|i1'}}"),
        });
        Assert.Equal([capture.Packets[0]], builder.Build().ToPackets(8872));
        static string Text(string item) => $"Description of item {item}, as a receiver may show it.";
    }

    private static (int PacketBytes, bool RepeatPointers) SenderOf(string name, JsonElement json) =>
        json.GetProperty("sender").TryGetProperty("max_packet_size", out JsonElement size)
            ? (size.GetInt32(), json.GetProperty("sender").GetProperty("repeat_pointers").GetBoolean())
            : (int.Parse(name[^4..], CultureInfo.InvariantCulture), false);
}
