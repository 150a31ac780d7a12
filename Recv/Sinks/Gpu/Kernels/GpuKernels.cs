using ILGPU;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>
/// What is done on a device, compiled by ILGPU for whatever device there is. Samples are packed without gaps, the first in the highest
/// bits, in two's complement; floats lie by heap index, without gaps. Offsets of heaps are those of the layout.
/// </summary>
/// <remarks><b>Threading:</b> the device's.</remarks>
internal static class GpuKernels
{
    /// <summary>Bins of a histogram.</summary>
    public const int Bins = 256;

    private const int MostItems = 256;
    private const int Banks = 4;
    private const int Block = 256;

    /// <summary>One group per heap. Absent heaps become zeros, extra and, unless <paramref name="clearsData"/> is 0, payload: in packet
    /// presence mode memory begins as zeros, and what arrived of a heap counts.</summary>
    public static void ZeroAbsent(
        ArrayView<byte> data, ArrayView<byte> present, ArrayView<byte> extra, ArrayView<long> heapOffsets, long heapBytes,
        int extraBytes, int entriesPerHeap, int clearsData)
    {
        int heap = Grid.IdxX;
        if (IsPresent(present, heap, entriesPerHeap)) return;
        for (int at = Group.IdxX; at < extraBytes; at += Group.DimX) extra[(long)heap * extraBytes + at] = 0;
        if (clearsData == 0) return;
        long first = heapOffsets[heap];
        for (long at = Group.IdxX; at < heapBytes; at += Group.DimX) data[first + at] = 0;
    }

    /// <summary>A work item for each sample of 2 to 16 bits, <paramref name="groupsPerHeap"/> groups for each heap. Whatever the width, a
    /// sample lies in two bytes at most.</summary>
    public static void Unpack(
        ArrayView<byte> data, ArrayView<long> heapOffsets, ArrayView<float> samples, int heapSamples, int bits, int groupsPerHeap)
    {
        int heap = Grid.IdxX / groupsPerHeap;
        int sample = (Grid.IdxX - heap * groupsPerHeap) * Group.DimX + Group.IdxX;
        if (sample >= heapSamples) return;
        long bit = (long)sample * bits;
        long first = heapOffsets[heap] + bit / 8, last = heapOffsets[heap] + (bit + bits - 1) / 8;
        // The sample at the top of 32 bits, to be shifted down with its sign.
        int word = data[first] << 24 | data[last] << 16;
        samples[(long)heap * heapSamples + sample] = word << (int)(bit & 7) >> 32 - bits;
    }

    /// <summary>
    /// One group per heap, of a power of two of items; absent heaps are left out. Sum of squares; samples at or beyond
    /// <paramref name="limit"/> in either direction; counts of floor(sample × <paramref name="binScale"/>) for each polarisation, 0 in
    /// the middle. Squares are summed in blocks, so that few additions, and their roundings, lie one behind the other; neighbouring samples
    /// are mostly of few bins, so neighbouring items count in banks of their own.
    /// </summary>
    public static void Statistics(
        ArrayView<float> samples, ArrayView<byte> present, int entriesPerHeap, int heapSamples, float limit, float binScale,
        ArrayView<int> polarisations, ArrayView<float> power, ArrayView<uint> clipped, ArrayView<uint> histogram)
    {
        ArrayView<float> powers = SharedMemory.Allocate<float>(MostItems);
        ArrayView<uint> clips = SharedMemory.Allocate<uint>(MostItems);
        ArrayView<uint> bins = SharedMemory.Allocate<uint>(Banks * Bins);
        int heap = Grid.IdxX, item = Group.IdxX, items = Group.DimX;
        for (int bin = item; bin < Banks * Bins; bin += items) bins[bin] = 0;
        Group.Barrier();
        float sum = 0, block = 0;
        uint count = 0;
        int inBlock = 0;
        int end = IsPresent(present, heap, entriesPerHeap) ? heapSamples : 0;
        for (int at = item; at < end; at += items)
        {
            float sample = samples[(long)heap * heapSamples + at];
            block += sample * sample;
            if (++inBlock == Block)
            {
                sum += block;
                block = 0;
                inBlock = 0;
            }
            if (sample >= limit || sample <= -limit) count++;
            Atomic.Add(ref bins[item % Banks * Bins + BinOf(sample * binScale)], 1u);
        }
        powers[item] = sum + block;
        clips[item] = count;
        Group.Barrier();
        for (int span = items / 2; span > 0; span /= 2)
        {
            if (item < span)
            {
                powers[item] += powers[item + span];
                clips[item] += clips[item + span];
            }
            Group.Barrier();
        }
        if (item == 0)
        {
            power[heap] = powers[0];
            clipped[heap] = clips[0];
        }
        for (int bin = item; bin < Bins; bin += items)
        {
            uint ofBin = bins[bin] + bins[Bins + bin] + bins[2 * Bins + bin] + bins[3 * Bins + bin];
            if (ofBin != 0) Atomic.Add(ref histogram[polarisations[heap] * Bins + bin], ofBin);
        }
    }

    private static bool IsPresent(ArrayView<byte> present, int heap, int entriesPerHeap)
    {
        bool any = false;
        for (int entry = 0; entry < entriesPerHeap; entry++) any |= present[(long)heap * entriesPerHeap + entry] != 0;
        return any;
    }

    private static int BinOf(float scaled)
    {
        int bin = (int)scaled;
        if (bin > scaled) bin--;
        return IntrinsicMath.Clamp(bin + Bins / 2, 0, Bins - 1);
    }
}
