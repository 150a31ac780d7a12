using System.Collections.Immutable;

namespace Recv.Ledger;

/// <summary>The names of the outcomes of one stream, as reports and metrics print them.</summary>
public static class OutcomeNames
{
    private static readonly ImmutableArray<string> Fixed =
    [
        "none", "after_stop", "truncated_capture", "bad_udp_length", "truncated_datagram", "fragment",
        "not_spead_empty", "not_spead_short", "not_spead_magic", "not_spead_version", "not_spead_flavour",
        "not_spead_items", "not_spead_no_heap_cnt", "not_spead_no_payload_offset", "not_spead_no_payload_length",
        "not_spead_length", "not_spead_beyond_heap", "no_heap_length", "out_of_order", "inconsistent", "too_old",
        "time_jump", "empty_heap", "incomplete_evicted", "incomplete_flushed", "thread_died",
        "overrun", "delivered",
    ];

    /// <summary>Names by value of <see cref="Outcome"/>, the layout's rejections as <c>rejected_STATISTIC</c> at the end.</summary>
    public static ImmutableArray<string> For(IEnumerable<string> layoutStatistics) =>
        [.. Fixed, .. layoutStatistics.Select(name => "rejected_" + name)];
}
