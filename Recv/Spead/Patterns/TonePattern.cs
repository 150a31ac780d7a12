namespace Recv.Spead.Patterns;

/// <summary>
/// A real tone as a digitiser sends it: N-bit samples in two's complement, packed big-endian, clipped at full scale.
/// Source s is at about (1 + s mod 4) / 16 of the sample rate, exactly <see cref="Cycles"/> /
/// <see cref="PeriodSamples"/>.
/// </summary>
/// <remarks>
/// <para>The tone repeats after <see cref="PeriodHeaps"/> heaps and not before, so a small table holds every heap that
/// there is, and a heap in the place of another is noticed unless they are whole periods apart. The seed shifts it by
/// heaps.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
public sealed class TonePattern : PayloadPattern
{
    /// <summary>
    /// Heaps after which the tone repeats. With 10-bit heaps of 4096 samples a source's table takes 160 KiB: L2 cache.
    /// </summary>
    public const int PeriodHeaps = 32;

    /// <summary>Sources whose tones differ.</summary>
    public const int Tones = 4;

    // A little above full scale, so that the crests clip and the saturation count is not always 0.
    private const double Overdrive = 1.001;

    private readonly int _heapSamples;
    private readonly int _sampleBits;
    private readonly int _shift;
    private readonly byte[]?[] _heaps = new byte[PeriodHeaps * Tones][];
    private readonly int[] _saturated = new int[PeriodHeaps * Tones];

    /// <summary>A tone for heaps of one length.</summary>
    /// <exception cref="RecvException">Samples of that width cannot hold a tone.</exception>
    public TonePattern(ulong seed, int heapSamples, int sampleBits)
    {
        if (sampleBits is < 2 or > 16)
            throw RecvException.BadUsage(
                $"pattern tone needs samples of 2 to 16 bits, not {sampleBits}; use pattern noise");
        _heapSamples = heapSamples;
        _sampleBits = sampleBits;
        _shift = (int)(seed % PeriodHeaps);
    }

    /// <summary>Samples after which the tone repeats.</summary>
    public long PeriodSamples => (long)PeriodHeaps * _heapSamples;

    /// <summary>
    /// Cycles of the tone of <paramref name="source"/> in <see cref="PeriodSamples"/>. Odd, so that no two heaps of a
    /// period are equal.
    /// </summary>
    public long Cycles(int source) => PeriodSamples * (1 + source % Tones) / 16 | 1;

    /// <summary>The whole payload of a heap; lent, and must not be written.</summary>
    internal byte[] HeapArray(long timestamp, int source) => _heaps[Entry(timestamp, source)]!;

    /// <summary>Samples of a heap that are at full scale.</summary>
    public int Saturated(long timestamp, int source) => _saturated[Entry(timestamp, source)];

    /// <inheritdoc/>
    public override void Fill(long timestamp, int source, Span<byte> payload) =>
        HeapArray(timestamp, source).AsSpan(0, payload.Length).CopyTo(payload);

    /// <inheritdoc/>
    public override int FirstMismatch(long timestamp, int source, ReadOnlySpan<byte> payload) =>
        FirstDifference(HeapArray(timestamp, source).AsSpan(0, payload.Length), payload);

    private int Entry(long timestamp, int source)
    {
        long heap = (timestamp / _heapSamples + _shift) % PeriodHeaps;
        int entry = source % Tones * PeriodHeaps + (int)heap;
        if (_heaps[entry] is null) MakeTone(source % Tones);
        return entry;
    }

    private void MakeTone(int tone)
    {
        long cycles = Cycles(tone);
        int limit = PackedSamples.Limit(_sampleBits);
        for (int heap = 0; heap < PeriodHeaps; heap++)
        {
            byte[] packed = new byte[(_heapSamples * (long)_sampleBits + 7) / 8];
            for (int sample = 0; sample < _heapSamples; sample++)
            {
                long turn = cycles * ((long)heap * _heapSamples + sample) % PeriodSamples;
                double value = limit * Overdrive * SineOfTurns((double)turn / PeriodSamples);
                int rounded = (int)Math.Clamp(Math.Round(value), -limit, limit);
                PackedSamples.Write(packed, sample, _sampleBits, rounded);
            }
            _saturated[tone * PeriodHeaps + heap] = PackedSamples.CountSaturated(packed, _sampleBits);
            _heaps[tone * PeriodHeaps + heap] = packed;
        }
    }

    // Not Math.Sin: that is the C library's, and a last bit that differs from host to host could round a sample
    // differently. Here are only operations that IEEE 754 fixes. The series is good to 1e-9 on a quarter turn.
    private static double SineOfTurns(double turns)
    {
        double quarter = turns >= 0.5 ? turns - 0.5 : turns;
        if (quarter > 0.25) quarter = 0.5 - quarter;
        double x = quarter * (2 * Math.PI);
        double square = x * x;
        double sum = 1;
        for (int k = 16; k >= 2; k -= 2) sum = 1 - sum * square / (k * (k + 1));
        sum *= x;
        return turns >= 0.5 ? -sum : sum;
    }
}
