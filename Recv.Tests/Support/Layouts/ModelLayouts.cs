using FsCheck;
using FsCheck.Fluent;
using Recv.Tests.Model;

namespace Recv.Tests.Support.Layouts;

/// <summary>Layouts so small that a handful of packets fills chunks.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public static class ModelLayouts
{
    /// <summary>Two polarisations, four heaps of 20 bytes each to a chunk, a gap between the polarisations.</summary>
    public static ModelLayout Digitiser { get; } = Of("digitiser",
        ("heap_samples", 16), ("sample_bits", 10), ("chunk_samples", 64), ("mask_timestamp", 0), ("stride", 96));

    /// <summary>The same with the timestamp masked and no gap.</summary>
    public static ModelLayout MaskedDigitiser { get; } = Of("digitiser",
        ("heap_samples", 16), ("sample_bits", 10), ("chunk_samples", 64), ("mask_timestamp", 1), ("stride", 80));

    /// <summary>Two F-engines, two heaps of 16 bytes each to a chunk.</summary>
    public static ModelLayout Fengine { get; } = Of("fengine",
        ("n_ants", 2), ("n_channels_per_substream", 1), ("n_spectra_per_heap", 4), ("sample_bits", 8),
        ("heap_timestamp_step", 16), ("heaps_per_fengine_per_chunk", 2));

    /// <summary>Two frequency substreams, two heaps of 16 bytes each to a polarisation of a chunk.</summary>
    public static ModelLayout Beam { get; } = Of("beam",
        ("n_channels", 4), ("n_channels_per_substream", 2), ("n_spectra_per_heap", 4), ("sample_bits", 8),
        ("heap_timestamp_step", 16), ("n_batches_per_chunk", 2));

    /// <summary>Two channels, two heaps of 16 bytes each to a chunk; a packet may be a heap by itself.</summary>
    public static ModelLayout Sps { get; } = Of("sps",
        ("first_channel", 3), ("n_channels", 2), ("heap_samples", 4), ("sample_ns", 4), ("n_heaps_per_chunk", 2));

    /// <summary>Any of them.</summary>
    public static Gen<ModelLayout> Any { get; } = Gen.Elements(Digitiser, MaskedDigitiser, Fengine, Beam, Sps);

    private static ModelLayout Of(string kind, params (string Name, long Value)[] parameters) =>
        new(kind, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));
}
