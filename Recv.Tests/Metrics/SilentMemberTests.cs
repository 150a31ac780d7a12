using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Simulate;
using Recv.Sources.Memory;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Metrics;

/// <summary>Which member of an instrument is silent, and what one polarisation of a beam is missing.</summary>
public sealed class SilentMemberTests
{
    private static readonly Dictionary<string, long> Sizes = new()
    {
        ["n_channels"] = 16,
        ["n_channels_per_substream"] = 2,
        ["n_spectra_per_heap"] = 16,
        ["heap_timestamp_step"] = 512,
        ["n_batches_per_chunk"] = 4,
    };

    [Theory]
    [InlineData("0", "1")]
    [InlineData("1", "1")]
    public void OnePolarisationOfABeamMissesWhatItDidNotGetAndNoMore(string pol, string pols)
    {
        // Sixteen heaps of substream 5 do not come.
        using Receiver receiver = Receive(pol, pols, heap => heap % 8 == 5 && heap / 8 is >= 4 and < 20);
        Assert.Equal(16, LossSummary.Of(receiver).MissingHeaps);
        (string[] Labels, long Missing)[] silent = [.. receiver.Received.Labels.Sets.Select((labels, set) =>
            (labels.ToArray(), receiver.Received.Read().Sets[set].MissingHeaps)).Where(each => each.Item2 > 0)];
        Assert.Equal(["pol", "substream"], receiver.Received.Labels.Names.AsEnumerable());
        (string[] labels, long missing) = Assert.Single(silent);
        Assert.Equal(("0 5", 16), (string.Join(' ', labels), missing));
    }

    [Fact]
    public void WithBothPolarisationsTheOneThatDoesNotComeIsMissing()
    {
        using Receiver receiver = Receive("0", "2", _ => false);
        Assert.Equal(24 * 8, LossSummary.Of(receiver).MissingHeaps);
    }

    private static Receiver Receive(string pol, string pols, Func<int, bool> isLost)
    {
        var feed = new InstrumentSimulator(new SimulatorOptions
        {
            Instrument = Instrument.Beam,
            Parameters = new Dictionary<string, long>(Sizes) { ["pol"] = long.Parse(pol) },
            Heaps = 24 * 8,
            StopHeap = false,
        });
        byte[][] packets = [.. feed.ReadAll().Where((_, heap) => !isLost(heap)).Select(each => each.Packet)];
        Dictionary<string, string> set = Sizes.ToDictionary(size => size.Key, size => $"{size.Value}");
        set["n_pols"] = pols;
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-beam", set, new Dictionary<string, string> { ["pol"] = pol });
        var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new MemorySource(packets.Select(packet => (ReadOnlyMemory<byte>)packet)), layout.Instance)],
            Overrun = OverrunPolicy.Block,
            Replay = true,
            Sinks = [new Recv.Sinks.Null.NullSink()],
        });
        receiver.Start();
        receiver.Wait();
        return receiver;
    }
}
