using System.Buffers.Binary;
using System.Numerics;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Sinks.Verify;

/// <summary>Compares every present heap, sample by sample, with what the simulator must have sent.</summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Counts"/> may be read by any thread.</remarks>
public sealed class VerifySink(VerifyOptions options) : IChunkSink
{
    private const string SaturatedExtra = "saturated";

    private readonly VerifyOptions _options = options;
    private PayloadPattern? _pattern;
    private LayoutShape? _shape;
    private HeapLabel[] _labels = [];
    private long _timestampMask;
    private bool _checksSaturation;
    private byte[] _wholeHeap = [];

    // Written by the sink's thread only.
    private long _chunks, _verified, _wrong, _missing;
    private volatile string? _firstMismatch;

    /// <inheritdoc/>
    public string Name => "verify";

    /// <inheritdoc/>
    public bool HonoursMask => true;

    /// <inheritdoc/>
    public bool Healthy => Volatile.Read(ref _wrong) == 0;

    /// <summary>What it has found so far.</summary>
    public VerifyCounts Counts =>
        new(Volatile.Read(ref _chunks), Volatile.Read(ref _verified), Volatile.Read(ref _wrong),
        Volatile.Read(ref _missing), _firstMismatch);

    /// <inheritdoc/>
    public string Progress
    {
        get
        {
            VerifyCounts counts = Counts;
            string line = $"verify: {counts.Chunks} chunks, {counts.Verified} heaps verified, {counts.Wrong} wrong, "
                + $"{counts.Missing} absent";
            return counts.FirstMismatch is null ? line : $"{line}; first: {counts.FirstMismatch}";
        }
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        _shape = shape;
        _pattern = MakePattern(shape, _options);
        _timestampMask = shape.TimestampBits >= 63 ? long.MaxValue : (1L << shape.TimestampBits) - 1;
        _checksSaturation = _options.CheckExtra && shape.Extra?.Name == SaturatedExtra && IsPackedReal(shape);
        _labels = new HeapLabel[shape.ChunkHeaps];
        for (int heap = 0; heap < _labels.Length; heap++) _labels[heap] = HeapLabel.Of(shape, heap);
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        if (chunk.PacketsPerHeap == 1) CheckHeaps(chunk);
        else CheckPackets(chunk);
        Volatile.Write(ref _chunks, _chunks + 1);
        chunk.Release();
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void CheckHeaps(Chunk chunk)
    {
        ReadOnlySpan<byte> present = chunk.Present;
        for (int heap = 0; heap < present.Length; heap++)
        {
            if (present[heap] == 0)
            {
                Volatile.Write(ref _missing, _missing + 1);
                continue;
            }
            ReadOnlySpan<byte> got = chunk.Slice(_shape!.HeapOffset(heap), (int)_shape.HeapBytes);
            int wrong = _pattern!.FirstMismatch(TimestampOf(chunk, heap), _labels[heap].Source, got);
            if (wrong >= 0) CountWrong(chunk, heap, wrong);
            else if (_checksSaturation && !HasRightSaturation(chunk, heap, got)) CountWrong(chunk, heap, WrongExtra);
            else Volatile.Write(ref _verified, _verified + 1);
        }
    }

    private void CheckPackets(Chunk chunk)
    {
        int heapBytes = (int)_shape!.HeapBytes;
        if (_wholeHeap.Length == 0) _wholeHeap = new byte[heapBytes];
        for (int heap = 0; heap < _shape.ChunkHeaps; heap++)
        {
            ReadOnlySpan<byte> present = chunk.Present.Slice(heap * chunk.PacketsPerHeap, chunk.PacketsPerHeap);
            if (present.Contains((byte)1)) _pattern!.Fill(TimestampOf(chunk, heap), _labels[heap].Source, _wholeHeap);
            for (int packet = 0; packet < present.Length; packet++)
            {
                if (present[packet] == 0)
                {
                    Volatile.Write(ref _missing, _missing + 1);
                    continue;
                }
                int at = packet * chunk.PacketBytes;
                int length = Math.Min(chunk.PacketBytes, heapBytes - at);
                ReadOnlySpan<byte> got = chunk.Slice(_shape.HeapOffset(heap) + at, length);
                int wrong = _wholeHeap.AsSpan(at, length).CommonPrefixLength(got);
                if (wrong < length) CountWrong(chunk, heap, at + wrong);
                else Volatile.Write(ref _verified, _verified + 1);
            }
        }
    }

    private long TimestampOf(Chunk chunk, int heap) =>
        chunk.Timestamp + _labels[heap].Batch * _shape!.HeapTimestampStep & _timestampMask;

    private bool HasRightSaturation(Chunk chunk, int heap, ReadOnlySpan<byte> samples) =>
        ExtraOf(chunk, heap) == Saturated(TimestampOf(chunk, heap), heap, samples);

    private long Saturated(long timestamp, int heap, ReadOnlySpan<byte> samples)
    {
        int count = _pattern is TonePattern tone
            ? tone.Saturated(timestamp, _labels[heap].Source)
            : PackedSamples.CountSaturated(samples, _shape!.Samples!.Bits);
        return Math.Min(count, ushort.MaxValue);
    }

    private long ExtraOf(Chunk chunk, int heap)
    {
        int bytes = _shape!.Extra!.Bytes;
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        chunk.Extra.Slice(heap * bytes, bytes).CopyTo(value);
        return BinaryPrimitives.ReadInt64LittleEndian(value);
    }

    // No offset of a byte.
    private const int WrongExtra = -1;

    private void CountWrong(Chunk chunk, int heap, int wrongByte)
    {
        _firstMismatch ??= Describe(chunk, heap, wrongByte);
        Volatile.Write(ref _wrong, _wrong + 1);
    }

    private string Describe(Chunk chunk, int heap, int wrongByte)
    {
        ReadOnlySpan<byte> got = chunk.Slice(_shape!.HeapOffset(heap), (int)_shape.HeapBytes);
        string where = $"chunk {chunk.Id} heap {heap} ({HeapLabel.Describe(_shape, heap)})";
        long timestamp = TimestampOf(chunk, heap);
        if (wrongByte == WrongExtra)
            return $"{where} {SaturatedExtra}: expected {Saturated(timestamp, heap, got)}, got {ExtraOf(chunk, heap)}";
        byte[] expected = new byte[got.Length];
        _pattern!.Fill(timestamp, _labels[heap].Source, expected);
        if (_shape.Samples is not { BigEndian: true, Bits: <= 32 } samples
            || !samples.Dtype.StartsWith("int", StringComparison.Ordinal))
            return $"{where} byte {wrongByte}: expected 0x{expected[wrongByte]:x2}, got 0x{got[wrongByte]:x2}";
        // A byte may belong to several samples: the highest bit that differs says which is the first wrong one.
        long bit = wrongByte * 8L + BitOperations.LeadingZeroCount((uint)(expected[wrongByte] ^ got[wrongByte])) - 24;
        long part = bit / samples.Bits;
        string half = part % 2 == 0 ? "real" : "imaginary";
        string name = samples.Complex ? $"sample {part / 2} ({half})" : $"sample {part}";
        return $"{where} {name}: expected {PackedSamples.Read(expected, part, samples.Bits)}, "
            + $"got {PackedSamples.Read(got, part, samples.Bits)}";
    }

    private static bool IsPackedReal(LayoutShape shape) => shape.Samples is { Complex: false, Bits: >= 2 and <= 16 };

    private static PayloadPattern MakePattern(LayoutShape shape, VerifyOptions options)
    {
        if (shape.HeapBytes > int.MaxValue)
            throw RecvException.BadUsage(
                $"sink verify: heaps of {shape.HeapBytes} bytes in layout {shape.Name} are too large to verify; "
                + $"the most are {int.MaxValue}");
        bool countsHeaps = shape.Items[shape.TimestampItem].Id == ItemIds.HeapCnt;
        PatternKind byShape = countsHeaps ? PatternKind.Minstd
            : IsPackedReal(shape) ? PatternKind.Tone
            : PatternKind.Noise;
        switch (options.Pattern ?? byShape)
        {
            case PatternKind.Minstd:
                return new MinstdPattern(shape.HeapBytes);
            case PatternKind.Tone when IsPackedReal(shape) && shape.HeapBytes * 8 % shape.Samples!.Bits == 0:
                int bits = shape.Samples.Bits;
                return new TonePattern(options.Seed, (int)(shape.HeapBytes * 8 / bits), bits);
            case PatternKind.Tone:
                throw RecvException.BadUsage(
                    $"sink verify: layout {shape.Name} has no real samples of 2 to 16 bits, so no tone; use "
                    + "pattern noise");
            default:
                return new NoisePattern(options.Seed);
        }
    }
}
