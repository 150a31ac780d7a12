using Recv.Chunks;
using Recv.Layouts;
using Recv.Sensors;
using Recv.Service;
using Recv.Sinks.Iterate;
using Recv.Sources;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Service;

/// <summary>The loop of the README, compiled and run; the README must say the same.</summary>
public sealed class LibrarySample
{
    [Fact]
    public async Task TheLoopOfTheReadmeRuns()
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        long heaps = await ReceiveAsync("pcap:" + scenario.PcapPath, chunk => chunk.PresentCount, CancellationToken.None);
        Assert.Equal(48, heaps);
    }

    [SourceTreeFact]
    public void TheReadmeSaysWhatIsCompiledHere()
    {
        string here = File.ReadAllText(Path.Combine(SourceTree.Root!, "Recv.Tests", "Service", "LibrarySample.cs"));
        string sample = here.Split("// <sample>\n")[^1].Split("        // </sample>")[0];
        string[] lines = [.. sample.Split('\n').Select(line => line.Length >= 8 ? line[8..] : line)];
        Assert.Contains(string.Join('\n', lines).TrimEnd(), File.ReadAllText(Path.Combine(SourceTree.Root!, "README.md")),
            StringComparison.Ordinal);
    }

    private static async Task<long> ReceiveAsync(string source, Func<Chunk, long> Process, CancellationToken cancel)
    {
        long sum = 0;
        // <sample>
        IHeapLayout layout = LayoutCatalog.Resolve("meerkat-digitiser").Instance;
        using var sensors = new ReceiverSensors(layout.Shape, new SampleClock(AdcRate: 1712e6, SyncTime: 1767225600));
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(SourceFactory.Create(SourceAddress.ParseList(source)), layout)],
            Sinks = [new ChunkIterator()],
            Observers = [sensors],
        });
        await foreach (Chunk chunk in receiver.ReadChunks(cancel))
        {
            sum += Process(chunk);       // chunk.Data, .Present, .Extra, .Timestamp: yours until the next turn
        }
        // </sample>
        return sum;
    }
}
