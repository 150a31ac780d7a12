using FsCheck;
using FsCheck.Fluent;
using Recv.Ledger;
using Recv.Sinks.Report;
using Recv.Tests.Model;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams;

/// <summary>The receive core against the model, over traffic that no sender would send on purpose.</summary>
public sealed class ReceiveStreamModelTests : IDisposable
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(4000).WithEndSize(60);

    private readonly Dictionary<(ModelLayout, int), ReceiveCore> _cores = [];

    [Fact]
    public void AnySequenceGivesTheChunksStatisticsAndLedgerOfTheModel() => Prop.ForAll(PacketSequences.Sequences, sequence =>
        AssertSame(sequence.Run(), Run(sequence, () => ReceiveCore.MaxBatch))).Check(Thousands);

    [Fact]
    public void BatchesOfAnySizeGiveTheSame() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        ReceiverRun whole = Run(sequence, () => ReceiveCore.MaxBatch);
        var random = new Random(sequence.Datagrams.Count);
        AssertSame(whole, Run(sequence, () => 1));
        AssertSame(whole, Run(sequence, () => random.Next(1, ReceiveCore.MaxBatch + 1)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60));

    [Fact]
    public void ArbitraryBytesAloneDoNothingButCount() => Prop.ForAll(PacketSequences.ArbitraryBytes.ArrayOf().ToArbitrary(), datagrams =>
    {
        var sequence = new PacketSequence(ModelLayouts.Fengine, new ModelSettings(), datagrams);
        AssertSame(sequence.Run(), Run(sequence, () => 3));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    public void Dispose()
    {
        foreach (ReceiveCore core in _cores.Values) core.Dispose();
    }

    private ReceiverRun Run(PacketSequence sequence, Func<int> nextBatch)
    {
        (ModelLayout, int) key = (sequence.Layout, sequence.Settings.PacketPresenceBytes);
        if (!_cores.TryGetValue(key, out ReceiveCore? core))
            _cores.Add(key, core = ReceiveCore.For(sequence.Layout, sequence.Settings));
        return core.Run(ReceiveCore.OptionsOf(sequence.Settings), sequence.Datagrams, nextBatch);
    }

    private static void AssertSame(ModelReceiver model, ReceiverRun run)
    {
        LedgerSnapshot snapshot = run.Snapshots[0];
        Assert.Equal(model.Chunks.Select(Describe), run.Chunks.Select(Describe));
        Assert.Equal(model.Ledger.OrderBy(outcome => outcome.Key), snapshot.Occurred.OrderBy(outcome => outcome.Key));
        var stats = snapshot.StatisticNames.Zip(snapshot.Statistics).ToDictionary(stat => stat.First, stat => stat.Second);
        Assert.All(model.Stats, stat => Assert.Equal((stat.Key, stat.Value), (stat.Key, stats[stat.Key])));
        Assert.Equal(model.Seen, snapshot.Seen);
        Assert.Equal(0, snapshot.InFlight);
    }

    private static void AssertSame(ReceiverRun expected, ReceiverRun actual)
    {
        Assert.Equal(expected.Chunks.Select(Describe), actual.Chunks.Select(Describe));
        Assert.Equal(expected.Snapshots[0].Occurred, actual.Snapshots[0].Occurred);
        int[] compared = [.. Enumerable.Range(0, expected.Snapshots[0].Statistics.Length)
            .Except([(int)StreamStatistic.Batches, (int)StreamStatistic.MaxBatch])];
        Assert.Equal(compared.Select(at => expected.Snapshots[0].Statistics[at]),
            compared.Select(at => actual.Snapshots[0].Statistics[at]));
    }

    private static string Describe(ModelChunk chunk) =>
        $"{chunk.Id} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";

    private static string Describe(ChunkReport chunk) =>
        $"{chunk.ChunkId} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";
}
