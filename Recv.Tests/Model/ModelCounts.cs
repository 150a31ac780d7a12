using System.Collections.Immutable;
using Recv.Ledger;

namespace Recv.Tests.Model;

/// <summary>Statistics and ledger of one stream.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ModelCounts
{
    private readonly Dictionary<string, long> _stats = [];
    private readonly Dictionary<string, long> _ledger = [];
    private readonly ImmutableArray<string> _outcomes;

    public ModelCounts(ModelLayout layout)
    {
        _outcomes = OutcomeNames.For(layout.Statistics);
        foreach (string name in (string[])
        [
            "heaps", "incomplete_heaps_evicted", "incomplete_heaps_flushed", "packets", "single_packet_heaps",
            "too_old_heaps", "rejected_heaps", .. layout.Statistics,
        ]) _stats.Add(name, 0);
    }

    public IReadOnlyDictionary<string, long> Stats => _stats;

    public IReadOnlyDictionary<string, long> Ledger => _ledger;

    public void Add(string statistic) => _stats[statistic]++;

    public void End(Outcome outcome, long datagrams)
    {
        if (datagrams == 0) return;
        string name = _outcomes[(int)outcome];
        _ledger[name] = _ledger.GetValueOrDefault(name) + datagrams;
    }
}
