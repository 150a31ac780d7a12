using System.Collections.Immutable;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>What a simulator sends, how fast and where to.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SimulatorOptions
{
    /// <summary>What it pretends to be. Default: the digitiser.</summary>
    public Instrument Instrument { get; init; } = Instrument.Digitiser;

    /// <summary>
    /// Parameters by the names of the layouts; others have the defaults of the layout. Digitiser: heap_samples, sample_bits.
    /// F-engine: n_ants, n_channels_per_substream, n_spectra_per_heap, sample_bits, heap_timestamp_step. Beam: the same without
    /// n_ants, with n_channels and pol. spead2: heap_size (bytes), items. sps: beam, first_channel, n_channels, heap_samples, sample_ns.
    /// Those that only shape a receiver's chunks are accepted
    /// and change nothing.
    /// </summary>
    public IReadOnlyDictionary<string, long> Parameters { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>What is in the heaps. Default (null): tone for the digitiser, minstd for spead2, else noise.</summary>
    public PatternKind? Pattern { get; init; }

    /// <summary>Seed of the pattern; the verifier needs the same. Default 1.</summary>
    [Effect("Seed of the pattern.")]
    public ulong Seed { get; init; } = 1;

    /// <summary>Flavour. Default (null): SPEAD-64-48, for spead2 SPEAD-64-40.</summary>
    public Flavour? Flavour { get; init; }

    /// <summary>The most bytes of a datagram's payload, SPEAD header included. Default 8872, which fits an MTU of 9000.</summary>
    [Effect("Most bytes of a datagram's payload, SPEAD header included.")]
    public int MaxPacketBytes { get; init; } = 8872;

    /// <summary>Whether every packet has the item pointers, or only the first of a heap. Default (null): every one, for spead2 the
    /// first.</summary>
    public bool? RepeatPointers { get; init; }

    /// <summary>Timestamp of the first heaps, in the instrument's units. Default 0. spead2 has none.</summary>
    [Effect("Timestamp of the first heaps.")]
    public long StartTimestamp { get; init; }

    /// <summary>Heap cnt of the first data heap; it wraps at the width of the flavour. Default (null): 0, for spead2 1.</summary>
    [Effect("Heap cnt of the first heap. Default: 0, for spead2 1.")]
    public long? StartHeapCnt { get; init; }

    /// <summary>Data heaps to send. Default (null): as <see cref="Seconds"/> says, else until it is stopped.</summary>
    public long? Heaps { get; init; }

    /// <summary>Seconds of data to send at the rate that is set. Default (null): not limited.</summary>
    public double? Seconds { get; init; }

    /// <summary>Heaps whose packets alternate, as those of several senders do. Default 1: one heap after the other.</summary>
    [Effect("Heaps whose packets alternate, as those of several senders do.")]
    public int Interleave { get; init; } = 1;

    /// <summary>Whether a heap of item descriptors goes ahead. Default false. spead2 always has them in its first heap.</summary>
    public bool Descriptors { get; init; }

    /// <summary>Whether a stop heap ends the stream. Default true.</summary>
    public bool StopHeap { get; init; } = true;

    /// <summary>Faults. Default: none.</summary>
    public FaultOptions Faults { get; init; } = new();

    /// <summary>Where to: heaps go to the destinations in turn.</summary>
    public ImmutableArray<UdpDestination> Destinations { get; init; } = [];

    /// <summary>Rate in gigabits (10⁹) of datagram payload a second. Default 0: not limited, unless <see cref="HeapsPerSecond"/> is
    /// set.</summary>
    public double RateGbps { get; init; }

    /// <summary>Rate in data heaps a second, all sources together. Default 0: not limited, unless <see cref="RateGbps"/> is set.</summary>
    public double HeapsPerSecond { get; init; }

    /// <summary>
    /// Whether equal packets are handed to the kernel as one buffer that it cuts up (UDP_SEGMENT): faster, but on one host a
    /// receiver's kernel then counts drops in such buffers. Default false. Where the kernel refuses, packets go singly.
    /// </summary>
    public bool Segmentation { get; init; }

    /// <summary>The flavour in use.</summary>
    internal Flavour ActualFlavour => Flavour ?? (Instrument == Instrument.Spead2 ? Spead.Flavour.Spead6440 : Spead.Flavour.Spead6448);

    /// <summary>Throws unless the values fit together. What depends on the instrument is checked when the simulator is made.</summary>
    /// <exception cref="RecvException">They do not.</exception>
    public void Validate()
    {
        // 65507: the largest UDP payload in an IPv4 datagram.
        if (MaxPacketBytes is < 1 or > 65507) throw RecvException.BadUsage(
            $"packets of {MaxPacketBytes} bytes cannot be sent: use 65507 or fewer");
        if (Heaps < 0) throw RecvException.BadUsage($"cannot send {Heaps} heaps: use 0 or more");
        if (RateGbps is not (>= 0 and <= 1e4)) throw RecvException.BadUsage(
            $"a rate of {RateGbps} Gb/s is out of bounds: use 0 (not limited) to 10000");
        if (HeapsPerSecond is not (>= 0 and <= 1e12)) throw RecvException.BadUsage(
            $"a rate of {HeapsPerSecond} heaps/s is out of bounds: use 0 (not limited) or more");
        if (RateGbps > 0 && HeapsPerSecond > 0) throw RecvException.BadUsage("the rate is given twice: name either Gb/s or heaps/s");
        if (Heaps is not null && Seconds is not null) throw RecvException.BadUsage(
            "the length is given twice: name either heaps or seconds");
        if (Seconds is not (null or (>= 0 and <= 1e9))) throw RecvException.BadUsage($"cannot send for {Seconds} s: use 0 or more");
        if (Seconds is not null && RateGbps == 0 && HeapsPerSecond == 0)
            throw RecvException.BadUsage("seconds of data need a rate: name Gb/s or heaps/s, or count heaps instead");
        if (StartTimestamp < 0 || StartTimestamp > TimestampMask) throw RecvException.BadUsage(
            $"start timestamp {StartTimestamp} does not fit 48 bits");
        if (StartHeapCnt < 0 || StartHeapCnt > ActualFlavour.MaxValue)
            throw RecvException.BadUsage(
                $"start heap cnt {StartHeapCnt} does not fit the {ActualFlavour.AddressBits} bits of {ActualFlavour}");
        if (Interleave is < 1 or > 65536) throw RecvException.BadUsage($"cannot interleave {Interleave} heaps: use 1 to 65536");
        if (Instrument == Instrument.Spead2 && (Faults.JumpAt ?? Faults.ResetAt) is not null)
            throw RecvException.BadUsage("the spead2 simulator has no clock that could jump: leave out jump-at and reset-at");
        if (Instrument == Instrument.Spead2 && StartTimestamp != 0)
            throw RecvException.BadUsage("the spead2 simulator has no timestamps: set the start heap cnt instead");
        if (Instrument == Instrument.Spead2 && Descriptors)
            throw RecvException.BadUsage("the spead2 simulator has its descriptors in the first heap: leave out the heap of descriptors");
        Faults.Validate();
    }

    // The instruments count 48 bits of time, whatever the flavour could carry.
    internal const long TimestampMask = (1L << 48) - 1;
}
