using Recv.Spead;
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
    [InlineData("fengine-two-senders")]
    [InlineData("fengine-reorder-in-chunk")]
    [InlineData("fengine-reorder-two-chunks")]
    [InlineData("beam-clean-4096")]
    [InlineData("beam-lost-heaps")]
    [InlineData("pcap-vlan")]
    public void OfTheInstrumentsItReceivesTheSameHeaps(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        string written = Path.Combine(_folder.FullName, "written");
        Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "file:" + written);
        IReadOnlyList<(long Time, string Hash)> expected = StoredHeaps.In(written);
        Assert.NotEmpty(expected);
        IReadOnlyList<(long Time, string Hash)> received = ReceivedAsPrinted(Infer(scenario.PcapPath));
        Assert.Empty(expected.Except(received));
        // Of late heaps inspect cannot know that they are meant to be too late: its window has room for them.
        Assert.Equal(expected.Count + scenario.Expected.Stats[0]["too_old_heaps"], received.Count);
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.OfSpead2Send), MemberType = typeof(VectorScenarios))]
    public void WithoutATimestampTheHeapCntTakesItsPlace(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        string command = Infer(scenario.PcapPath);
        Assert.Contains("the heap cnt takes its place", File.ReadAllText(Inferred), StringComparison.Ordinal);
        Assert.Equal(
            scenario.Expected.Heaps.Skip(1).Select(heap => (heap.HeapCnt, heap.PayloadSha256)),
            ReceivedAsPrinted(command));
    }

    [Fact]
    public void OfAnUnknownInstrumentItReceivesTheSameHeaps()
    {
        using TemporaryFile capture = UnknownInstrument();
        string command = Infer(capture.Path);
        string layout = Path.Combine(_folder.FullName, "written.yaml");
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
        string written = Path.Combine(_folder.FullName, "written");
        Run("replay", capture.Path, "--layout", layout, "--max-heaps", "6", "--sink", "file:" + written);
        IReadOnlyList<(long Time, string Hash)> expected = StoredHeaps.In(written);
        Assert.Equal(3 * 50, expected.Count);
        Assert.Contains(" --max-heaps 12", command, StringComparison.Ordinal);
        Assert.Equal(expected, ReceivedAsPrinted(command));
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

    /// <summary>Writes the layout; gives the command line that is to receive with it.</summary>
    private string Infer(string capture)
    {
        const string TryIt = "Try it: recv ";
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture, "--write-layout", Inferred);
        Assert.True(code == 0, string.Join('\n', error));
        string line = Assert.Single(error, line => line.Contains(TryIt, StringComparison.Ordinal));
        return line[(line.IndexOf(TryIt, StringComparison.Ordinal) + TryIt.Length)..];
    }

    /// <summary>Runs a printed command line as it is; all that is added is where to store the chunks.</summary>
    private IReadOnlyList<(long Time, string Hash)> ReceivedAsPrinted(string command)
    {
        string folder = Path.Combine(_folder.FullName, "printed");
        Run([.. command.Split(' ').Select(word => word.Trim('\'')), "--sink", "file:" + folder]);
        return StoredHeaps.In(folder);
    }

    private static void Run(params string[] arguments)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.True(code == 0, string.Join('\n', error));
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
