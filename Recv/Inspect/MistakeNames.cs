namespace Recv.Inspect;

/// <summary>What a mistake of a sender means, for people.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class MistakeNames
{
    /// <summary>A half sentence, with the punctuation before it; empty when the name says it all.</summary>
    public static string Meaning(string mistake) => mistake switch
    {
        "duplicate_heap_cnts" => ", heaps with a heap cnt that another had shortly before: senders that count alike, or sent twice",
        "colliding_heap_cnts" => ", packets of a heap that another sender had begun: give each sender heap cnts of its own",
        "wrong_sizes" => ", heaps of data with another length than those that bring most bytes",
        "missing_items" => ", heaps of data without an item of those that bring most bytes",
        "misaligned_timestamps" => ", timestamps that are off the step of most",
        "timestamps_running_back" => ", times that the clock jumped back",
        "fragments" => ", IP fragments: packets are larger than the MTU of a link",
        "fragment" => ", datagrams in pieces of which some are missing or overlap",
        "merged_packets" => ", several packets in one datagram: captured on the sending host with segmentation offload "
            + "(ethtool -K IF tx-udp-segmentation off)",
        "no_heap_length" => ", packets that do not say how long their heap is",
        "out_of_order_packets" => ", packets not in the order of their offsets: receive with " + Setting.AllowOutOfOrder.Option,
        "repeated_packets" => ", packets whose bytes had been there already",
        "inconsistent_packets" => ", packets whose length or flavour differs from their heap's",
        "items_beyond_heap" => ", heaps with an item behind their end",
        "truncated_capture" => ", frames recorded too short: record with a larger snap length (tcpdump -s 0)",
        _ => "",
    };
}
