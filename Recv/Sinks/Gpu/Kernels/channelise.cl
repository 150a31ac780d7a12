// A small channeliser: power spectra of a real signal, 512 samples each, through a window and a Fourier transform in local
// memory. The worked example of a user's own kernel; ChanneliserStage.cs is the other span.

#define LENGTH 512
#define LOG2_LENGTH 9
#define CHANNELS (LENGTH / 2)

// Groups of 256. Group g of a source sums spectra_per_group spectra, from spectrum g * spectra_per_group of the source on, into
// spectra[(source * groups_per_source + g) * CHANNELS]. Source s begins at samples[s * source_samples].
// cosines and sines: of -2 pi k / LENGTH.
__kernel void channelise(__global const float *samples, __global const float *window, __global const float *cosines,
                         __global const float *sines, __global float *spectra, long source_samples, int groups_per_source,
                         int spectra_per_group)
{
    __local float re[LENGTH];
    __local float im[LENGTH];
    uint item = get_local_id(0);
    uint source = get_group_id(0) / groups_per_source;
    uint group = get_group_id(0) - source * groups_per_source;
    __global const float *first = samples + source * source_samples + (long)group * spectra_per_group * LENGTH;
    float power = 0;
    for (int spectrum = 0; spectrum < spectra_per_group; spectrum++, first += LENGTH) {
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
        power += re[item] * re[item] + im[item] * im[item];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    spectra[(long)get_group_id(0) * CHANNELS + item] = power;
}
