using Recv.Ledger;
using Recv.Sinks.Report;
using Recv.Tests.Model;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams;

public sealed class GoldenVectorTests
{
    // They depend on how the reference is built inside (vectors/README.md).
    private static readonly string[] NotCompared = ["batches", "max_batch", "search_dist", "worker_blocked"];

    [Theory]
    [MemberData(nameof(VectorScenarios.All), MemberType = typeof(VectorScenarios))]
    public void ReplayGivesWhatTheReferenceGave(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        ReceiverRun run = ReceiverRun.Replay(scenario);

        if (!scenario.IsSpead2Send) Assert.Equal(scenario.Expected.Chunks.Select(Describe), run.Chunks.Select(Describe));
        for (int member = 0; member < run.Snapshots.Count; member++)
            Assert.Equal(Expected(scenario, member), Compared(scenario, run.Snapshots[member]));
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.All), MemberType = typeof(VectorScenarios))]
    public void EveryDatagramOfTheCaptureHasOneOutcome(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        ReceiverRun run = ReceiverRun.Replay(scenario);

        // Datagrams in pieces are an outcome here, and dropped by the reference's filter.
        Assert.Equal(scenario.Datagrams, run.Snapshots.Sum(snapshot => snapshot.Outcomes.Sum() - snapshot[Outcome.Fragment]));
        Assert.All(run.Snapshots, snapshot => Assert.Equal(0, snapshot.InFlight));
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.WithChunks), MemberType = typeof(VectorScenarios))]
    public void TheLedgerIsThatOfTheModel(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        ReceiverRun run = ReceiverRun.Replay(scenario);
        ModelGroup model = ModelRun.Of(scenario);

        for (int member = 0; member < run.Snapshots.Count; member++)
        {
            Assert.Equal(
                model.Members[member].Ledger.Where(outcome => outcome.Value != 0).OrderBy(outcome => outcome.Key),
                run.Snapshots[member].Occurred.Where(outcome => outcome.Key != "fragment").OrderBy(outcome => outcome.Key));
        }
    }

    private static SortedDictionary<string, long> Expected(VectorScenario scenario, int member) =>
        new(scenario.Expected.Stats[member].Where(stat => !NotCompared.Contains(stat.Key)).ToDictionary());

    private static SortedDictionary<string, long> Compared(VectorScenario scenario, LedgerSnapshot snapshot) =>
        new(snapshot.StatisticNames.Zip(snapshot.Statistics)
            .Where(stat => Expected(scenario, 0).ContainsKey(stat.First))
            .ToDictionary(stat => stat.First, stat => stat.Second));

    private static string Describe(VectorChunk chunk) =>
        $"{chunk.ChunkId} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";

    private static string Describe(ChunkReport chunk) =>
        $"{chunk.ChunkId} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";
}
