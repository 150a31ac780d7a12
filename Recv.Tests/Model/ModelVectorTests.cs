using Recv.Tests.Support.Captures;

namespace Recv.Tests.Model;

public sealed class ModelVectorTests
{
    // They depend on how the reference is built inside (vectors/README.md).
    private static readonly string[] NotCompared = ["batches", "max_batch", "search_dist", "worker_blocked"];

    [Theory]
    [MemberData(nameof(VectorScenarios.All), MemberType = typeof(VectorScenarios))]
    public void TheModelGivesWhatTheReferenceGave(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        ModelGroup group = ModelRun.Of(scenario);

        Assert.Equal(scenario.Expected.Chunks.Select(Describe), group.Chunks.Select(Describe));
        Assert.Equal(scenario.Expected.Heaps.Select(Describe), group.Members[0].Heaps.Select(Describe));
        for (int member = 0; member < group.Members.Count; member++)
            Assert.Equal(Compared(scenario.Expected.Stats[member]), Compared(StatsOf(scenario, group.Members[member])));
        Assert.All(group.Members, member => Assert.Equal(0, member.InFlight));
        Assert.Equal(scenario.Datagrams, group.Members.Sum(member => member.Ledger.Values.Sum()));
    }

    private static IEnumerable<KeyValuePair<string, long>> StatsOf(VectorScenario scenario, ModelReceiver member) =>
        member.Stats.Where(stat => !scenario.IsSpead2Send || scenario.Expected.Stats[0].ContainsKey(stat.Key));

    private static SortedDictionary<string, long> Compared(IEnumerable<KeyValuePair<string, long>> stats) =>
        new(stats.Where(stat => !NotCompared.Contains(stat.Key)).ToDictionary(stat => stat.Key, stat => stat.Value));

    private static string Describe(VectorChunk chunk) =>
        $"{chunk.ChunkId} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";

    private static string Describe(ModelChunk chunk) =>
        $"{chunk.Id} at {chunk.Timestamp}: {chunk.PresentCount} {chunk.Present} {chunk.DataSha256} "
        + $"{(chunk.Extra is { } extra ? string.Join(' ', extra) : "")} {chunk.ExtraSha256}";

    private static string Describe(VectorHeap heap) =>
        $"{heap.HeapCnt} {heap.HeapAddressBits} {heap.HeapLength} {heap.PayloadSha256} "
        + string.Join(' ', heap.Items.Select(item => $"{item.Id}:{item.Offset}+{item.Length}"));

    private static string Describe(ModelHeap heap) =>
        $"{heap.Cnt} {heap.AddressBits} {heap.Length} {heap.PayloadSha256} "
        + string.Join(' ', heap.AddressedItems.Select(item => $"{item.Id}:{item.Offset}+{item.Length}"));
}
