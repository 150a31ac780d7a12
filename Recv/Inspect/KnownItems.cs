using System.Collections.Frozen;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Names of items by ID: of the protocol, of MeerKAT and its kin, of KAT-7 (SPEAD data interface, appendix), and of SKA-Low's
/// stations.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal static class KnownItems
{
    private static readonly FrozenDictionary<long, string> Names = new Dictionary<long, string>
    {
        [ItemIds.HeapCnt] = "heap_cnt",
        [ItemIds.HeapLength] = "heap_length",
        [ItemIds.PayloadOffset] = "payload_offset",
        [ItemIds.PayloadLength] = "payload_length",
        [ItemIds.Descriptor] = "descriptor",
        [ItemIds.StreamControl] = "stream_control",
        [0x1007] = "adc_sample_rate",
        [0x1008] = "n_bls",
        [0x1009] = "n_chans",
        [0x100a] = "n_ants",
        [0x100b] = "n_xengs",
        [0x100c] = "bls_ordering",
        [0x100e] = "input_labelling",
        [0x100f] = "n_bengs",
        [0x1011] = "center_freq",
        [0x1013] = "bandwidth",
        [0x1015] = "n_accs",
        [0x1016] = "int_time",
        [0x101e] = "fft_shift",
        [0x101f] = "xeng_acc_len",
        [0x1020] = "requant_bits",
        [0x1027] = "sync_time",
        [0x1045] = "adc_bits",
        [0x1046] = "scale_factor_timestamp",
        [0x1048] = "xeng_out_bits_per_sample",
        [ItemIds.Timestamp] = "timestamp",
        [0x1800] = "xeng_raw",
        [0x3000] = "channel_info",
        [0x3001] = "antenna_info",
        [ItemIds.DigitiserId] = "digitiser_id",
        [ItemIds.DigitiserStatus] = "digitiser_status",
        [ItemIds.AdcSamples] = "adc_samples",
        [ItemIds.FengId] = "feng_id",
        [ItemIds.Frequency] = "frequency",
        [ItemIds.FengRaw] = "feng_raw",
        [ItemIds.BfRaw] = "bf_raw",
        [ItemIds.BeamAnts] = "beam_ants",
    }.ToFrozenDictionary();

    /// <summary>The name of an item, or null.</summary>
    public static string? NameOf(long id) => Names.GetValueOrDefault(id);
}
