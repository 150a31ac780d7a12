// The kernels that the fake driver can run: Recv's own sources and the sample's, as C, and how each is called.
#include "first_stage.cl"
#undef BINS
#include "channelise.cl"
#include "peak.cl"

#define UNPACKS(name) static void run_##name(void **arguments) \
    { name(A(uchar *, 0), A(float4 *, 1), A(long *, 2), A(uint, 3), A(uint, 4)); }
UNPACKS(unpack_2) UNPACKS(unpack_4) UNPACKS(unpack_8) UNPACKS(unpack_10) UNPACKS(unpack_12) UNPACKS(unpack_16) UNPACKS(complex_8)

static void run_zero_absent(void **arguments)
{
    zero_absent(A(uchar *, 0), A(long, 1), A(long, 2), A(int, 3), A(long *, 4), A(long, 5), A(int, 6), A(int, 7));
}

static void run_statistics(void **arguments)
{
    statistics(A(float *, 0), A(uchar *, 1), A(long, 2), A(int, 3), A(int, 4), A(float, 5), A(float, 6), A(int *, 7), A(float *, 8),
               A(uint *, 9), A(uint *, 10));
}

static void run_channelise(void **arguments)
{
    channelise(A(float *, 0), A(uchar *, 1), A(long, 2), A(int *, 3), A(float *, 4), A(float *, 5), A(float *, 6), A(float *, 7),
               A(uint *, 8), A(long, 9), A(int, 10), A(int, 11), A(int, 12));
}

static void run_peak(void **arguments) { peak(A(float *, 0), A(float *, 1), A(int, 2)); }

static const struct kernel kernels[] = {
    {"zero_absent", run_zero_absent, 0}, {"unpack_2", run_unpack_2, 0}, {"unpack_4", run_unpack_4, 0}, {"unpack_8", run_unpack_8, 0},
    {"unpack_10", run_unpack_10, 0}, {"unpack_12", run_unpack_12, 0}, {"unpack_16", run_unpack_16, 0}, {"complex_8", run_complex_8, 0},
    {"statistics", run_statistics, 1}, {"channelise", run_channelise, 1}, {"peak", run_peak, 0}, {0, 0, 0}};
