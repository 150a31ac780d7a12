// A small channeliser: power spectra of a real signal, 512 samples each, through a window and a Fourier transform in local
// memory. The worked example of a user's own kernel; ChanneliserStage.cs is the other span.

#define LENGTH 512
#define LOG2_LENGTH 9
#define CHANNELS (LENGTH / 2)

// Groups of 256. Source s begins at samples[s * source_samples] and has source_spectra spectra; a group sums spectra_per_group
// of them, the last group of a source what is left, into power[group * CHANNELS].
// A spectrum of which a part is absent is left out, and counts[group] says how many were summed: spectrum n of a source lies in
// the entries touched[2 n] to touched[2 n + 1] of the source's part of the mask, which is source_entries long.
// cosines and sines: of -2 pi k / LENGTH.
__kernel void channelise(__global const float *samples, __global const uchar *chunk, long present_at, __global const int *touched,
                         __global const float *window, __global const float *cosines, __global const float *sines,
                         __global float *power, __global uint *counts, long source_samples, int source_entries,
                         int source_spectra, int spectra_per_group)
{
    __local float re[LENGTH];
    __local float im[LENGTH];
    uint item = get_local_id(0);
    uint groups_per_source = (source_spectra + spectra_per_group - 1) / spectra_per_group;
    uint source = get_group_id(0) / groups_per_source;
    int spectrum = (get_group_id(0) - source * groups_per_source) * spectra_per_group;
    int end = source_spectra - spectrum < spectra_per_group ? source_spectra : spectrum + spectra_per_group;
    __global const uchar *present = chunk + present_at + (long)source * source_entries;
    float sum = 0;
    uint count = 0;
    for (; spectrum < end; spectrum++) {
        int whole = 1;
        for (int entry = touched[2 * spectrum]; entry <= touched[2 * spectrum + 1]; entry++) whole &= present[entry] != 0;
        // All of the group together: nobody is left alone at a barrier.
        if (!whole) continue;
        __global const float *first = samples + source * source_samples + (long)spectrum * LENGTH;
        for (uint at = item; at < LENGTH; at += LENGTH / 2) {
            uint reversed = 0;
            for (int bit = 0; bit < LOG2_LENGTH; bit++) reversed |= (at >> bit & 1) << (LOG2_LENGTH - 1 - bit);
            re[reversed] = first[at] * window[at];
            im[reversed] = 0;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint span = 1; span < LENGTH; span *= 2) {
            uint k = item & (span - 1);
            uint even = 2 * item - k;
            uint odd = even + span;
            float c = cosines[k * (LENGTH / 2 / span)];
            float s = sines[k * (LENGTH / 2 / span)];
            float odd_re = re[odd] * c - im[odd] * s;
            float odd_im = re[odd] * s + im[odd] * c;
            re[odd] = re[even] - odd_re;
            im[odd] = im[even] - odd_im;
            re[even] += odd_re;
            im[even] += odd_im;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        sum += re[item] * re[item] + im[item] * im[item];
        count++;
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    power[(long)get_group_id(0) * CHANNELS + item] = sum;
    if (item == 0) counts[get_group_id(0)] = count;
}
