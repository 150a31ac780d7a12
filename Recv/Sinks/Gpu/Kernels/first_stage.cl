// First-stage kernels: what is done to every chunk before anybody computes with it.
//
// A chunk lies on the device as it lies in the host's memory: payloads, mask, reasons and extra, one behind the other.
// heap_offsets has the first byte of each heap. Heaps hold a multiple of 4 samples, and samples are packed without gaps, the
// first in the highest bits, in two's complement. Samples go to `samples` by heap index: heap h begins at h * heap_samples.

// One group per heap. Absent heaps read as zeros, data and extra. clear_data is 0 in packet presence mode, where memory
// begins as zeros and what arrived of a heap counts.
__kernel void zero_absent(__global uchar *chunk, long present_at, long extra_at, int extra_bytes,
                          __global const long *heap_offsets, long heap_bytes, int entries_per_heap, int clear_data)
{
    uint heap = get_group_id(0);
    for (int entry = 0; entry < entries_per_heap; entry++)
        if (chunk[present_at + (long)heap * entries_per_heap + entry]) return;
    for (int at = get_local_id(0); at < extra_bytes; at += get_local_size(0)) chunk[extra_at + (long)heap * extra_bytes + at] = 0;
    if (!clear_data) return;
    long first = heap_offsets[heap];
    if (((first | heap_bytes) & 7) == 0) {
        __global ulong *words = (__global ulong *)(chunk + first);
        for (long at = get_local_id(0); at < heap_bytes / 8; at += get_local_size(0)) words[at] = 0;
    } else {
        for (long at = get_local_id(0); at < heap_bytes; at += get_local_size(0)) chunk[first + at] = 0;
    }
}

// One work item for 4 samples: they take bits / 2 whole bytes and leave as one store of 16 bytes, so neighbours write side by
// side. quads is the number of such fours in a heap, total the number in the chunk.
#define UNPACK(name, bits)                                                                                               \
    __kernel void name(__global const uchar *chunk, __global float4 *samples, __global const long *heap_offsets,        \
                       uint quads, uint total)                                                                           \
    {                                                                                                                    \
        uint item = get_global_id(0);                                                                                    \
        if (item >= total) return;                                                                                       \
        uint heap = item / quads;                                                                                        \
        uint quad = item - heap * quads;                                                                                 \
        __global const uchar *packed = chunk + heap_offsets[heap] + (long)quad * ((bits) / 2);                           \
        ulong word = 0;                                                                                                  \
        for (int at = 0; at < (bits) / 2; at++) word |= (ulong)packed[at] << (56 - 8 * at);                              \
        samples[item] = FLOAT4((float)(int)((long)word >> (64 - (bits))),                                                     \
                               (float)(int)((long)(word << (bits)) >> (64 - (bits))),                                         \
                               (float)(int)((long)(word << 2 * (bits)) >> (64 - (bits))),                                     \
                               (float)(int)((long)(word << 3 * (bits)) >> (64 - (bits))));                                    \
    }

UNPACK(unpack_2, 2)
UNPACK(unpack_4, 4)
UNPACK(unpack_8, 8)
UNPACK(unpack_10, 10)
UNPACK(unpack_12, 12)
UNPACK(unpack_16, 16)

// 8-bit complex samples: two of them, real part first, become two pairs of floats. Four parts at a time, as above.
UNPACK(complex_8, 8)

#define MOST_ITEMS 256
#define BINS 256
#define BANKS 4
#define BLOCK 256

// A work item that is alone in its group needs no atomic operation, which costs a processor many times an addition.
#define TALLY(bins, alone) do { if (alone) *(bins) += 1; else atomic_add((bins), 1u); } while (0)

// Clipped and histogram of one sample, into a bank of bins.
#define COUNT(sample, bank)                                                                                              \
    do {                                                                                                                 \
        count += (sample) >= limit || (sample) <= -limit;                                                                \
        float scaled = (sample) * bin_scale;                                                                             \
        int bin = (int)scaled;                                                                                           \
        bin -= (float)bin > scaled;                                                                                      \
        bin += BINS / 2;                                                                                                 \
        bin = bin < 0 ? 0 : bin > BINS - 1 ? BINS - 1 : bin;                                                             \
        TALLY(&bins[(bank) % BANKS * BINS + bin], alone);                                                                \
    } while (0)

// One group per heap, absent heaps left out; the group's size is a power of two: 256 where its items run side by side, 1 where they
// would run one after the other. power: sum of squares of the heap; clipped: samples at or beyond limit in either direction;
// histogram: BINS counts per polarisation, bin b holds floor(sample * bin_scale) = b - BINS / 2. Neighbouring samples are
// mostly of few bins: the four of a work item, and those of neighbours, are counted in banks of their own. Squares are summed in
// blocks, so that few additions, and their roundings, lie one behind the other where a work item has a long heap to itself.
__kernel void statistics(__global const float *samples, __global const uchar *chunk, long present_at, int entries_per_heap,
                         int heap_samples, float limit, float bin_scale, __global const int *polarisations,
                         __global float *power, __global uint *clipped, __global uint *histogram)
{
    __local float powers[MOST_ITEMS];
    __local uint clips[MOST_ITEMS];
    __local uint bins[BANKS * BINS];
    uint heap = get_group_id(0);
    uint item = get_local_id(0);
    uint items = get_local_size(0);
    int alone = items == 1;
    int present = 0;
    for (int entry = 0; entry < entries_per_heap; entry++)
        present |= chunk[present_at + (long)heap * entries_per_heap + entry];
    for (uint bin = item; bin < BANKS * BINS; bin += items) bins[bin] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    float4 squares = FLOAT4(0, 0, 0, 0);
    float4 block = FLOAT4(0, 0, 0, 0);
    uint in_block = 0;
    uint count = 0;
    __global const float4 *quads = (__global const float4 *)(samples + (long)heap * heap_samples);
    for (uint at = item; present && at < (uint)heap_samples / 4; at += items) {
        float4 quad = quads[at];
        block += quad * quad;
        if (++in_block == BLOCK) {
            squares += block;
            block = FLOAT4(0, 0, 0, 0);
            in_block = 0;
        }
        COUNT(PART(quad, 0), item);
        COUNT(PART(quad, 1), item + 1);
        COUNT(PART(quad, 2), item + 2);
        COUNT(PART(quad, 3), item + 3);
    }
    squares += block;
    powers[item] = PART(squares, 0) + PART(squares, 1) + PART(squares, 2) + PART(squares, 3);
    clips[item] = count;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint span = items / 2; span > 0; span /= 2) {
        if (item < span) {
            powers[item] += powers[item + span];
            clips[item] += clips[item + span];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (item == 0) {
        power[heap] = powers[0];
        clipped[heap] = clips[0];
    }
    for (uint bin = item; bin < BINS; bin += items) {
        uint of_bin = bins[bin] + bins[BINS + bin] + bins[2 * BINS + bin] + bins[3 * BINS + bin];
        if (of_bin) atomic_add(&histogram[polarisations[heap] * BINS + bin], of_bin);
    }
}
