using FsCheck;
using FsCheck.Fluent;
using Recv.Layouts;
using Recv.Tests.Layouts.Reference;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

/// <summary>Emitted layouts against structs written by hand, over random parameters and items.</summary>
public sealed class ReferenceLayoutTests
{
    private const int HeapsPerLayout = 300;

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(40);

    [Fact]
    public void DigitiserIsPlacedAsByHand() => ForRandomParameters(random =>
    {
        long heapSamples = 8 * random.Next(1, 600);
        long sampleBits = random.Next(2, 17);
        long chunkSamples = heapSamples * random.Next(1, 40);
        long stride = (chunkSamples * sampleBits / 8) + random.Next(3) * 64;
        bool mask = random.Next(2) == 0;
        LayoutChoice choice = Choice("meerkat-digitiser", ("heap_samples", heapSamples), ("sample_bits", sampleBits),
            ("chunk_samples", chunkSamples), ("stride", stride), ("mask_timestamp", mask ? 1 : 0));
        // Samples of odd widths have no name; the placement does not care, so the test asks for the bits it can have.
        LayoutShape shape = Resolve(choice, sampleBits, out IHeapLayout emitted);
        return (emitted, new DigitiserReference(heapSamples, Bits(sampleBits), chunkSamples, shape.Axes[0].StrideBytes, mask, shape));
    });

    [Fact]
    public void FengineIsPlacedAsByHand() => ForRandomParameters(random =>
    {
        long step = random.Next(1, 1 << 22);
        LayoutChoice choice = Choice("meerkat-fengine", ("n_ants", random.Next(1, 100)), ("n_channels_per_substream", random.Next(1, 20)),
            ("n_spectra_per_heap", random.Next(1, 300)), ("heap_timestamp_step", step),
                ("heaps_per_fengine_per_chunk", random.Next(1, 50)));
        LayoutShape shape = Resolve(choice, 8, out IHeapLayout emitted);
        return (emitted, new FengineReference(shape.HeapBytes, shape.BatchHeaps, step, shape.ChunkBatches, shape));
    });

    [Fact]
    public void BeamIsPlacedAsByHand() => ForRandomParameters(random =>
    {
        long substreamChannels = random.Next(1, 33);
        long channels = substreamChannels * random.Next(1, 20);
        long step = random.Next(1, 1 << 22);
        long pol = random.Next(2);
        LayoutChoice choice = Choice("meerkat-beam", ("n_channels", channels), ("n_channels_per_substream", substreamChannels),
            ("n_spectra_per_heap", random.Next(1, 300)), ("heap_timestamp_step", step), ("n_batches_per_chunk", random.Next(1, 50)));
        choice = choice with { Constants = new Dictionary<string, string> { ["pol"] = $"{pol}" } };
        LayoutShape shape = Resolve(choice, 8, out IHeapLayout emitted);
        return (emitted, new BeamReference(shape.HeapBytes, channels, substreamChannels, step, shape.ChunkBatches, pol, shape));
    });

    private static long Bits(long wanted) =>
        wanted switch { < 4 => 2, < 8 => 4, < 10 => 8, < 12 => 10, < 16 => 12, _ => 16 };

    private static LayoutShape Resolve(LayoutChoice choice, long sampleBits, out IHeapLayout emitted)
    {
        var set = new Dictionary<string, string>(choice.Set) { ["sample_bits"] = $"{Bits(sampleBits)}" };
        emitted = (choice with { Set = set }).Resolve().Instance;
        return emitted.Shape;
    }

    private static LayoutChoice Choice(string name, params (string Name, long Value)[] set) =>
        new(name, set.ToDictionary(entry => entry.Name, entry => $"{entry.Value}"), TestLayout.Nothing);

    private static void ForRandomParameters(Func<Random, (IHeapLayout Emitted, IHeapLayout Reference)> make) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            (IHeapLayout emitted, IHeapLayout reference) = make(random);
            for (int i = 0; i < HeapsPerLayout; i++) AssertSame(emitted, reference, random);
        }).Check(Runs);

    private static void AssertSame(IHeapLayout emitted, IHeapLayout reference, Random random)
    {
        long[] items = LayoutItems.Possible(emitted.Shape, random);
        long length = LayoutItems.HeapLength(emitted.Shape, random);
        Recv.Ledger.Outcome expected = reference.Place(length, items, out Placement wanted);
        Assert.Equal(expected, emitted.Place(length, items, out Placement placed));
        if (expected == Recv.Ledger.Outcome.None) Assert.Equal(wanted, placed);
    }
}
