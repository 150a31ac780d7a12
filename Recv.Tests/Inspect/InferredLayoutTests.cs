using System.Text.Json;
using Recv.Layouts;
using Recv.Spead;
using Recv.Streams;
using Recv.Tests.Support;

namespace Recv.Tests.Inspect;

/// <summary>A layout inferred from traffic receives that traffic as the written layout does: the same heaps at the same times.</summary>
/// <remarks>
/// Of vectors in which a sender names antennas or channels that there are not, nobody could tell from the traffic that there are not:
/// fengine-bad-heaps and beam-bad-frequency are not among those compared.
/// </remarks>
public sealed class InferredLayoutTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-infer-");

    private string Inferred => Path.Combine(_folder.FullName, "inferred.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("digitiser-stride-mask")]
    [InlineData("digitiser-bad-timestamp")]
    [InlineData("fengine-clean-8872")]
    [InlineData("fengine-clean-1472-64-40")]
    [InlineData("fengine-clean-64-32")]
    [InlineData("fengine-descriptors")]
    [InlineData("fengine-lost-packets")]
    [InlineData("beam-clean-4096")]
    [InlineData("beam-lost-heaps")]
    [InlineData("pcap-vlan")]
    public void OfTheInstrumentsItReceivesTheSameHeaps(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        IHeapLayout written = ScenarioLayout.Of(json.RootElement).Resolve().Instance;
        StreamOptions stream = ReceiverRun.StreamOptionsOf(scenario.Stream);
        Infer(scenario.PcapPath);
        IReadOnlyList<(long Time, string Hash)> expected = ReceivedHeaps.Of(scenario.PcapPath, written, stream);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, ReceivedHeaps.Of(scenario.PcapPath, LayoutCatalog.Resolve(Inferred).Instance, stream));
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.OfSpead2Send), MemberType = typeof(VectorScenarios))]
    public void WithoutATimestampTheHeapCntTakesItsPlace(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        Infer(scenario.PcapPath);
        Assert.Contains("the heap cnt takes its place", File.ReadAllText(Inferred), StringComparison.Ordinal);
        StreamOptions stream = ReceiverRun.StreamOptionsOf(scenario.Stream) with { StopOnStopItem = true };
        Assert.Equal(
            scenario.Expected.Heaps.Skip(1).Select(heap => (heap.HeapCnt, heap.PayloadSha256)),
            ReceivedHeaps.Of(scenario.PcapPath, LayoutCatalog.Resolve(Inferred).Instance, stream));
    }

    [Fact]
    public void OfAnUnknownInstrumentItReceivesTheSameHeaps()
    {
        using TemporaryFile capture = UnknownInstrument();
        Infer(capture.Path);
        IHeapLayout written = TestLayout.Compile("""
            name: unknown
            items:
              clock: {id: 0x2001, required: true}
              station: {id: 0x2002, required: true}
            heap_bytes: 96
            timestamp: {item: clock, bits: 40, step: 300}
            axes:
              - {name: time, size: 8}
              - {name: station, size: 3, index: (station >= 19) + (station >= 44)}

            """).Instance;
        StreamOptions stream = new() { MaxHeaps = 8 };
        IReadOnlyList<(long Time, string Hash)> expected = ReceivedHeaps.Of(capture.Path, written, stream);
        Assert.Equal(3 * 50, expected.Count);
        Assert.Equal(expected, ReceivedHeaps.Of(capture.Path, LayoutCatalog.Resolve(Inferred).Instance, stream));
        string text = File.ReadAllText(Inferred);
        // Names as the sender gives them, samples as it describes them, and what cannot be known.
        Assert.Contains("station: {id: 0x2002, required: true}", text, StringComparison.Ordinal);
        Assert.Contains("samples: {dtype: int16, complex: true, big_endian: true}", text, StringComparison.Ordinal);
        Assert.Contains("- the order of the axes in memory", text, StringComparison.Ordinal);
        Assert.Contains("- how long a chunk should be", text, StringComparison.Ordinal);
    }

    [Fact]
    public void FromNothingNothingIsInferred()
    {
        using TemporaryFile capture = new CaptureBuilder().Add(new CaptureBuilder.Frame([1, 2, 3])).ToFile();
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture.Path, "--write-layout", Inferred);
        Assert.Equal(RecvException.Loss, code);
        Assert.Contains("no whole SPEAD heap was seen", Assert.Single(error), StringComparison.Ordinal);
        Assert.False(File.Exists(Inferred));
    }

    private void Infer(string capture)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture, "--write-layout", Inferred);
        Assert.True(code == 0, string.Join('\n', error));
    }

    /// <summary>Three stations with numbers without an order, a clock that goes by 300, a status that says nothing about places.</summary>
    private static TemporaryFile UnknownInstrument()
    {
        var random = new Random(5);
        Flavour flavour = Flavour.Spead6440;
        CaptureBuilder capture = new();
        HeapBuilder described = new HeapBuilder(flavour, 1)
            .Describe(new Descriptor { Id = 0x2001, Name = "clock", Format = [('u', 40)] })
            .Describe(new Descriptor { Id = 0x2002, Name = "station", Format = [('u', 40)] })
            .Describe(new Descriptor { Id = 0x2004, Name = "voltages", Format = [('i', 16)], Shape = [24, 2] });
        foreach (byte[] packet in described.Build().ToPackets(1400)) capture.Add(new CaptureBuilder.Frame(packet));
        for (int batch = 0; batch < 50; batch++)
        {
            foreach (int station in (int[])[44, 7, 19])
            {
                byte[] samples = new byte[96];
                random.NextBytes(samples);
                Heap heap = new HeapBuilder(flavour, 100 + batch * 3 + station % 3).Immediate(0x2001, 900_000 + batch * 300).Immediate(0x2002, station)
                    .Immediate(0x2003, random.Next(1 << 30)).Addressed(0x2004, samples).Build();
                foreach (byte[] packet in heap.ToPackets(120)) capture.Add(new CaptureBuilder.Frame(packet));
            }
        }
        return capture.ToFile();
    }
}
