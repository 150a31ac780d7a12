using Recv.Spead;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Inspect;

/// <summary>A layout inferred from traffic receives that traffic as the written layout does: the same heaps at the same times.</summary>
/// <remarks>
/// Of vectors in which a sender names antennas or channels that there are not, nobody could tell from the traffic that there are not:
/// fengine-bad-heaps and beam-bad-frequency are not among those compared.
/// </remarks>
public sealed class InferredLayoutTests : IDisposable
{
    private readonly InferenceRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("digitiser-stride-mask")]
    [InlineData("digitiser-bad-timestamp")]
    [InlineData("fengine-clean-8872")]
    [InlineData("fengine-clean-1472-64-40")]
    [InlineData("fengine-clean-64-32")]
    [InlineData("fengine-descriptors")]
    [InlineData("fengine-lost-packets")]
    [InlineData("fengine-two-senders")]
    [InlineData("fengine-reorder-in-chunk")]
    [InlineData("fengine-reorder-two-chunks")]
    [InlineData("beam-clean-4096")]
    [InlineData("beam-lost-heaps")]
    [InlineData("pcap-vlan")]
    public void InferredLayoutOfAnInstrumentReceivesTheSameHeaps(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        string written = _rig.PathOf("written");
        InferenceRig.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "file:" + written);
        IReadOnlyList<(long Time, string Hash)> expected = StoredHeaps.In(written);
        Assert.NotEmpty(expected);
        IReadOnlyList<(long Time, string Hash)> received = _rig.Received(_rig.Infer(scenario.PcapPath).Command);
        Assert.Empty(expected.Except(received));
        // Of late heaps inspect cannot know that they are meant to be too late: its window has room for them.
        Assert.Equal(expected.Count + scenario.Expected.Stats[0]["too_old_heaps"], received.Count);
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.OfSpead2Send), MemberType = typeof(VectorScenarios))]
    public void WithoutATimestampTheHeapCntTakesItsPlace(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        string command = _rig.Infer(scenario.PcapPath).Command;
        Assert.Contains("the heap cnt takes its place", File.ReadAllText(_rig.Layout), StringComparison.Ordinal);
        Assert.Equal(
            scenario.Expected.Heaps.Skip(1).Select(heap => (heap.HeapCnt, heap.PayloadSha256)),
            _rig.Received(command));
    }

    [Fact]
    public void InferredLayoutOfAnUnknownInstrumentReceivesTheSameHeaps()
    {
        using TemporaryFile capture = UnknownInstrument();
        string command = _rig.Infer(capture.Path).Command;
        string layout = _rig.PathOf("written.yaml");
        File.WriteAllText(layout, """
            name: unknown
            items:
              clock: {id: 0x2001, required: true}
              station: {id: 0x2002, required: true}
            heap_bytes: 96
            timestamp: {item: clock, bits: 40, step: 300}
            axes:
              - {name: time, size: 8}
              - {name: station, size: 3, index: (station >= 19) + (station >= 44)}

            """);
        string written = _rig.PathOf("written");
        InferenceRig.Run("replay", capture.Path, "--layout", layout, "--max-heaps", "6", "--sink", "file:" + written);
        IReadOnlyList<(long Time, string Hash)> expected = StoredHeaps.In(written);
        Assert.Equal(3 * 50, expected.Count);
        Assert.Contains(" --max-heaps 12", command, StringComparison.Ordinal);
        Assert.Equal(expected, _rig.Received(command));
        string text = File.ReadAllText(_rig.Layout);
        // Names as the sender gives them, samples as it describes them, and what cannot be known.
        Assert.Contains("station: {id: 0x2002, required: true}", text, StringComparison.Ordinal);
        Assert.Contains("samples: {dtype: int16, complex: true, big_endian: true}", text, StringComparison.Ordinal);
        Assert.Contains("- the order of the axes in memory", text, StringComparison.Ordinal);
        Assert.Contains("- how long a chunk should be", text, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyFeedInfersNoLayout()
    {
        using TemporaryFile capture = new CaptureBuilder().Add(new CaptureBuilder.Frame([1, 2, 3])).ToFile();
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture.Path, "--write-layout", _rig.Layout);
        Assert.Equal(RecvException.Loss, code);
        Assert.Contains("no whole SPEAD heap was seen", Assert.Single(error), StringComparison.Ordinal);
        Assert.False(File.Exists(_rig.Layout));
    }

    /// <summary>
    /// Three stations with numbers without an order, of which the heap cnts say nothing, a clock that goes by 300, a status that
    /// says nothing about places. The packets of six heaps come in turn.
    /// </summary>
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
        for (int batch = 0; batch < 50; batch += 2)
        {
            byte[][][] heaps = [.. Enumerable.Range(0, 6).Select(heap => PacketsOf(batch + heap / 3, heap % 3))];
            for (int turn = 0; turn < heaps[0].Length; turn++)
                foreach (byte[][] heap in heaps) capture.Add(new CaptureBuilder.Frame(heap[turn]));
        }
        return capture.ToFile();

        byte[][] PacketsOf(int batch, int number)
        {
            byte[] samples = new byte[96];
            random.NextBytes(samples);
            Heap heap = new HeapBuilder(flavour, 100 + batch * 3 + (batch + number) % 3)
                .Immediate(0x2001, 900_000 + batch * 300).Immediate(0x2002, ((int[])[44, 7, 19])[number])
                .Immediate(0x2003, random.Next(1 << 30)).Addressed(0x2004, samples).Build();
            return [.. heap.ToPackets(120)];
        }
    }
}
