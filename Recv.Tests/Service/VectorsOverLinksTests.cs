using System.Text.Json;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>
/// The frames of every golden vector, sent over a virtual cable as they stand in the capture, give through AF_XDP, a packet ring
/// and sockets the chunks that the replay of the capture gives.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class VectorsOverLinksTests : IClassFixture<VectorsOverLinksTests.Cable>
{
    // The queue between the two ends of a cable has room for 256 frames.
    private const int AtOnce = 32;

    // They say how the datagrams came in batches, which a link does not do as a file does.
    private static readonly string[] OfBatches = ["batches", "max_batch", "worker_blocked"];

    // No source gets what was recorded too short or comes behind a stop item; a socket does not show what the kernel finds wrong; a capture
    // does not count fragments.
    private static readonly string[] NotCompared = ["truncated_capture", "bad_udp_length", "after_stop", "fragment"];

    // A whole capture fits.
    private static readonly SourceOptions Small = new() { BufferBytes = 4 << 20 };

    private readonly Cable _cable;

    public VectorsOverLinksTests(Cable cable) => _cable = cable;

    // Not the captures of spead2_send, which have no layout, and one of which is for 127.0.0.1. Not the group: its members are merged by
    // the time of arrival in the capture, and on one queue of a device there can be only one stream.
    public static TheoryData<string> Single =>
        VectorScenarios.Where(scenario => !scenario.IsSpead2Send && scenario.Destinations.Length == 1);

    [HostTheory(HostNeed.Xdp)]
    [MemberData(nameof(Single))]
    public void AfXdpGivesWhatReplayGives(string key) => AssertSameAsReplay(key, $"xdp:{VethPair.ReceiverDevice}/0:");

    [HostTheory(HostNeed.VirtualLinks)]
    [MemberData(nameof(Single))]
    public void APacketRingGivesWhatReplayGives(string key) => AssertSameAsReplay(key, $"packet:{VethPair.ReceiverDevice}:");

    // A tagged frame is for the VLAN, which would be a device of its own; sockets on this one do not see it.
    public static TheoryData<string> Untagged =>
        VectorScenarios.Where(scenario => !scenario.IsSpead2Send && scenario.Destinations.Length == 1 && !scenario.HasTags);

    [HostTheory(HostNeed.VirtualLinks)]
    [MemberData(nameof(Untagged))]
    public void SocketsGiveWhatReplayGives(string key) => AssertSameAsReplay(key, "udp:");

    private void AssertSameAsReplay(string key, string prefix)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        ReceiverRun replayed = ReceiverRun.Replay(scenario);
        ReceiverRun received = _cable.Link.Receiver.Run(() => Receive(scenario, prefix));
        Assert.Equal(replayed.Chunks.Select(Describe), received.Chunks.Select(Describe));
        Assert.Equal(Statistics(replayed), Statistics(received));
        Assert.Equal(Outcomes(replayed), Outcomes(received));
        Assert.Equal(0, received.Snapshots[0].InFlight);
    }

    private ReceiverRun Receive(VectorScenario scenario, string prefix)
    {
        var sink = new ReportSink();
        VectorDestination to = scenario.Destinations[0];
        IPacketSource source = SourceFactory.Create(SourceAddress.ParseList($"{prefix}{to.Address}:{to.Port}"), Small);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(source, ScenarioLayout.Of(json.RootElement).Resolve().Instance)],
            Sinks = [sink],
            Stream = ReceiverRun.StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.Block,
        });
        receiver.Start();
        Send(scenario, receiver);
        receiver.RequestStop();
        receiver.Wait();
        Assert.Null(receiver.Failure);
        SourceStatus status = source.Status;
        Assert.Equal((0, 0), (status.KernelDropped, status.RingDropped));
        return new ReceiverRun(sink.Chunks, receiver.Snapshots);
    }

    private void Send(VectorScenario scenario, Receiver receiver)
    {
        using FrameSender sender = new(_cable.Link);
        long ours = 0;
        IEnumerable<(byte[], PcapDatagram?)> frames = PcapFrames.OnTheCable(scenario.PcapPath, scenario.Destinations);
        foreach ((int sent, (byte[] frame, PcapDatagram? datagram)) in frames.Index())
        {
            sender.Send(frame);
            if (datagram is { Flaw: Outcome.None }) ours++;
            if (sent % AtOnce == AtOnce - 1) AwaitSeen();
        }
        AwaitSeen();

        void AwaitSeen() => Eventually.Holds(() =>
            Whole(receiver.Snapshots[0]) >= ours || receiver.StreamsEnded(TimeSpan.Zero), $"{ours} datagrams");
    }

    private static long Whole(LedgerSnapshot snapshot) =>
        snapshot.Seen - snapshot[Outcome.Fragment] - snapshot[Outcome.BadUdpLength];

    private static IEnumerable<KeyValuePair<string, long>> Outcomes(ReceiverRun run) =>
        run.Snapshots[0].Occurred.Where(outcome => !NotCompared.Contains(outcome.Key));

    private static IEnumerable<KeyValuePair<string, long>> Statistics(ReceiverRun run) => run.Snapshots[0].StatisticNames
        .Zip(run.Snapshots[0].Statistics, KeyValuePair.Create).Where(statistic => !OfBatches.Contains(statistic.Key));

    private static string Describe(ChunkReport chunk) => JsonSerializer.Serialize(chunk);

    /// <summary>One cable for all vectors; made when the first test asks, and only where it can be.</summary>
    public sealed class Cable : IDisposable
    {
        private VethPair? _link;

        internal VethPair Link => _link ??= new VethPair();

        public void Dispose() => _link?.Dispose();
    }
}
