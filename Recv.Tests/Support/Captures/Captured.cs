using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Files;

namespace Recv.Tests.Support.Captures;

/// <summary>All that a capture gave, copied.</summary>
internal sealed record Captured(
    List<byte[]> Datagrams, List<Outcome> Flaws, long FirstArrival, IReadOnlyDictionary<string, long> Skipped, string? Damage)
{
    /// <summary>What the source tells beyond the frames that were not ours.</summary>
    public IReadOnlyDictionary<string, long> Gauges { get; init; } = new Dictionary<string, long>();

    /// <summary>What its datagrams came inside.</summary>
    public IReadOnlyDictionary<string, long> Decapsulated { get; init; } = new Dictionary<string, long>();

    /// <summary>Frames that it accounts for: those of datagrams, those in pieces, and those that were not ours.</summary>
    public long Frames => Skipped.Values.Sum() + Gauges.GetValueOrDefault("fragments")
        + Datagrams.Count - Gauges.GetValueOrDefault("reassembled") - Lost;

    /// <summary>Datagrams that lack pieces.</summary>
    public required int Lost { get; init; }

    public static Captured Read(byte[] capture, EndpointRange? destination)
    {
        using TemporaryFile file = new(capture);
        return ReadFile(file.Path, destination);
    }

    public static Captured ReadFile(string file, EndpointRange? destination)
    {
        using PcapSource source = new(file, destination);
        source.Open();
        Datagram[] batch = new Datagram[10];
        Captured all = new([], [], 0, new Dictionary<string, long>(), null) { Lost = 0 };
        while (!source.Ended)
        {
            int count = source.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, count))
            {
                if (all.Datagrams.Count == 0) all = all with { FirstArrival = datagram.ArrivalNanoseconds };
                all.Datagrams.Add(datagram.Span.ToArray());
                all.Flaws.Add(datagram.Flaw);
                if (datagram.Flaw == Outcome.Fragment) all = all with { Lost = all.Lost + 1 };
            }
            source.Release();
        }
        SourceStatus status = source.Status;
        all = all with { Skipped = status.Skipped!, Gauges = status.Gauges!, Decapsulated = status.Decapsulated! };
        return all with { Damage = source.Damage };
    }
}
