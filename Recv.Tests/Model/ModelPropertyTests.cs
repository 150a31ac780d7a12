using FsCheck;
using FsCheck.Fluent;
using Recv.Ledger;
using Recv.Tests.Support.Packets;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Model;

public sealed class ModelPropertyTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure;

    [Fact]
    public void AnyBytesAreDecodedOrGivenAReason() => Prop.ForAll(PacketSequences.ArbitraryBytes.ToArbitrary(), bytes =>
        ModelPacket.Decode(bytes, out ModelPacket? packet) == Outcome.None == (packet is not null)).Check(Quick);

    [Fact]
    public void ADamagedPacketIsDecodedWithinItsBoundsOrGivenAReason() =>
        Prop.ForAll(PacketSequences.DamagedPacket.ToArbitrary(), bytes =>
            ModelPacket.Decode(bytes, out ModelPacket? packet) != Outcome.None
            || 8 + 8 * packet!.Items.Count + packet.Payload.Length == bytes.Length).Check(Quick);

    [Fact]
    public void EachDatagramEndsInExactlyOneOutcome() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        ModelReceiver model = sequence.Run();
        return model.InFlight == 0 && model.Seen == sequence.Datagrams.Count
            && model.Ledger.Values.Sum() == sequence.Datagrams.Count;
    }).Check(Quick);

    [Fact]
    public void EachDatagramOfAGroupEndsInExactlyOneOutcome() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        var group = new ModelGroup([sequence.Layout, sequence.Layout with { Polarisation = 1 }], sequence.Settings);
        for (int at = 0; at < sequence.Datagrams.Count; at++) group.Members[at % 2].Feed(sequence.Datagrams[at]);
        group.Stop();
        return group.Members.All(member => member.InFlight == 0)
            && group.Members.Sum(member => member.Ledger.Values.Sum()) == sequence.Datagrams.Count
            && group.Chunks.Zip(group.Chunks.Skip(1)).All(pair => pair.First.Id < pair.Second.Id);
    }).Check(Quick);

    [Fact]
    public void ChunksComeInOrderAndOnce() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        long[] ids = [.. sequence.Run().Chunks.Select(chunk => chunk.Id)];
        return ids.SequenceEqual(ids.Distinct().Order());
    }).Check(Quick);

    [Fact]
    public void PresentHeapsNeverOutnumberDeliveredDatagrams() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        ModelReceiver model = sequence.Run();
        int present = model.Chunks.Sum(chunk => chunk.PresentCount);
        return present <= model.Ledger.GetValueOrDefault("delivered") && present > 0 == model.Ledger.ContainsKey("delivered");
    }).Check(Quick);

    [Fact]
    public void TheGeneratorsReachEveryOutcomeOfTheReceiveCore()
    {
        var reached = new HashSet<string>();
        foreach (PacketSequence sequence in PacketSequences.Sequences.Generator.Sample(2000, new Rnd(1), 30))
            reached.UnionWith(sequence.Run().Ledger.Keys);
        // Not those of sources, of groups that resynchronise, of sinks, and of threads that die.
        string[] elsewhere =
        [
            "none", "truncated_capture", "bad_udp_length", "truncated_datagram", "fragment", "time_jump", "overrun", "thread_died",
        ];
        Assert.Empty(OutcomeNames.For(["metadata_heaps", "bad_timestamp_heaps", "bad_feng_id_heaps", "bad_frequency_heaps"])
            .Except(elsewhere).Except(reached));
    }
}
