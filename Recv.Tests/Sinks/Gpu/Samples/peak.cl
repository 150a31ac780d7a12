// The largest magnitude of each heap. A group per heap, of one work item: plain, not fast.
__kernel void peak(__global const float *samples, __global float *peaks, int heap_samples)
{
    uint heap = get_group_id(0);
    float largest = 0;
    for (int at = 0; at < heap_samples; at++) {
        float sample = samples[(long)heap * heap_samples + at];
        largest = sample > largest ? sample : -sample > largest ? -sample : largest;
    }
    peaks[heap] = largest;
}
