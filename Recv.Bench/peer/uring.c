/* Receives UDP on 127.0.0.1 by recvmmsg or by io_uring's multishot receive, to compare what the two cost.
 *
 *     uring WAY PORT BUFFER_BYTES MESSAGES
 *
 * WAY      recvmmsg, or multishot with any of -coop (IORING_SETUP_COOP_TASKRUN), -defer (DEFER_TASKRUN), -sqpoll (SQPOLL),
 *          and -nap (sleep, then look, as recvmmsg does; otherwise io_uring_enter waits for a batch or half a millisecond).
 * MESSAGES messages of 64 KiB for a call of recvmmsg, and buffers in the ring of io_uring.
 *
 * Everything else is the same on both ways: socket, UDP GRO, buffers, the copy out of them past the caches, and sleeping half a
 * millisecond when nothing is there, until a sleep finds nothing. "ready" on stderr says that datagrams may come. A second
 * of silence ends it, and then stdout has: datagrams N heaps 0 cpu SECONDS dropped N calls N
 *
 * System calls only, no liburing. Needs Linux 6.1, and 6.12 without -nap.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
/* Linux 6.12; older headers lack it. */
#define FEAT_MIN_TIMEOUT (1u << 15)

enum {
    MESSAGE_BYTES = 65536,       /* most that UDP GRO puts into one */
    CONTROL_BYTES = 64,          /* segment size and count of drops */
    MOST_MESSAGES = 256,
    CALL_BYTES = 16 * 65536,     /* a call of recvmmsg takes what stays in the L2 cache, as Recv's does */
    NAP_MICROSECONDS = 500,
    LOOK_MILLISECONDS = 100,
    SILENT_LOOKS = 10,
    GROUP = 1,                   /* of provided buffers */
    RECEIVES_IN_A_ROW = 32,      /* of a multishot request, before the kernel turns to others (MULTISHOT_MAX_RETRY) */
};

#define CHUNK_BYTES (64ul << 20) /* where datagrams are copied to, in rotation: larger than the caches */

static long datagrams, calls, copied;
static char *chunk;

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(3);
}

static char *memory(size_t bytes)
{
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) fail("mmap");
    madvise(at, bytes, MADV_HUGEPAGE);
    memset(at, 1, bytes);
    return at;
}

static void copy(const char *from, int bytes)
{
    char *to = chunk + copied;
    int done = 0;
#ifdef __SSE2__
    for (; done + 16 <= bytes; done += 16)
        _mm_stream_si128((__m128i *)(to + done), _mm_loadu_si128((const __m128i *)(from + done)));
#endif
    memcpy(to + done, from + done, (size_t)(bytes - done));
    copied += (bytes + 63) & -64;
    if (copied > (long)(CHUNK_BYTES - MESSAGE_BYTES)) copied = 0;
}

/* A message is one datagram, or several of equal size in one buffer. */
static void take(const char *payload, int bytes, struct msghdr *message)
{
    int segment = bytes;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) segment = *(int *)CMSG_DATA(c);
    for (int at = 0; at < bytes; at += segment, datagrams++)
        copy(payload + at, bytes - at < segment ? bytes - at : segment);
}

static int open_socket(int port, int buffer)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (fd < 0) fail("socket");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer))
        fail("SO_RCVBUF");
    if (setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on)) fail("UDP_GRO");
    if (setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on)) fail("SO_RXQ_OVFL");
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) fail("bind");
    return fd;
}

static unsigned dropped(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof info;
    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &length)) fail("SO_MEMINFO");
    return info[SK_MEMINFO_DROPS];
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = NAP_MICROSECONDS * 1000}, NULL);
}

struct way {
    bool (*look)(void);             /* takes all that is there; false if nothing was */
    void (*wait)(int milliseconds); /* until something is there; 0: only as long as a batch takes to gather */
};

static int socket_fd, messages;

/* ---- recvmmsg ---- */

static struct mmsghdr headers[MOST_MESSAGES];
static struct iovec pieces[MOST_MESSAGES];

static void open_recvmmsg(void)
{
    char *buffers = memory((size_t)messages * MESSAGE_BYTES), *control = memory((size_t)messages * CONTROL_BYTES);
    for (int i = 0; i < messages; i++) {
        pieces[i] = (struct iovec){buffers + (size_t)i * MESSAGE_BYTES, MESSAGE_BYTES};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1, .msg_control = control + i * CONTROL_BYTES};
    }
}

static bool look_recvmmsg(void)
{
    static int asked = 1;
    bool any = false;
    for (;;) {
        long bytes = 0;
        for (int i = 0; i < asked; i++) headers[i].msg_hdr.msg_controllen = CONTROL_BYTES;
        int count = recvmmsg(socket_fd, headers, (unsigned)asked, MSG_DONTWAIT, NULL);
        calls++;
        if (count < 0 && errno != EAGAIN) fail("recvmmsg");
        if (count <= 0) return any;
        any = true;
        for (int i = 0; i < count; i++) {
            take(pieces[i].iov_base, (int)headers[i].msg_len, &headers[i].msg_hdr);
            bytes += headers[i].msg_len;
        }
        bool full = count == asked;
        long fit = CALL_BYTES / (bytes / count + 1);
        asked = fit < 1 ? 1 : fit > messages ? messages : (int)fit;
        if (!full) return any;
    }
}

static void wait_recvmmsg(int milliseconds)
{
    if (milliseconds == 0) nap();
    else poll(&(struct pollfd){.fd = socket_fd, .events = POLLIN}, 1, milliseconds);
}

/* ---- io_uring ---- */

static int ring;
static unsigned setup_flags, *sq_tail, sq_mask, *sq_array, *cq_head, *cq_tail, cq_mask, *sq_flags;
static bool armed, naps, used_up;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static struct io_uring_buf_ring *provided;
static uint16_t provided_tail;
static char *slots;
static const int slot_bytes = 16 + CONTROL_BYTES + MESSAGE_BYTES;
/* Of a multishot receive only the lengths count: how much room for name and control data a buffer has in front. */
static struct msghdr shape = {.msg_controllen = CONTROL_BYTES};

static int enter(unsigned submit, unsigned wait_for, unsigned flags, unsigned milliseconds)
{
    struct __kernel_timespec timeout = {.tv_nsec = milliseconds * 1000000ll};
    struct io_uring_getevents_arg limits = {.ts = (uint64_t)(uintptr_t)&timeout};
    /* Behind sigmask_sz: min_wait_usec since Linux 6.12. */
    limits.pad = naps ? 0 : NAP_MICROSECONDS;
    calls++;
    int result = milliseconds
        ? (int)syscall(__NR_io_uring_enter, ring, submit, wait_for, flags | IORING_ENTER_EXT_ARG, &limits, sizeof limits)
        : (int)syscall(__NR_io_uring_enter, ring, submit, wait_for, flags, NULL, 0);
    if (result < 0 && errno != ETIME && errno != EINTR) fail("io_uring_enter");
    return result;
}

static void provide(uint16_t slot)
{
    struct io_uring_buf *entry = &provided->bufs[provided_tail++ & (messages - 1)];
    /* The first entry shares its last field with the tail, so no whole entry may be written. */
    entry->addr = (uint64_t)(uintptr_t)(slots + (size_t)slot * slot_bytes);
    entry->len = (unsigned)slot_bytes;
    entry->bid = slot;
}

static void arm(void)
{
    unsigned tail = *sq_tail, at = tail & sq_mask;
    sqes[at] = (struct io_uring_sqe){.opcode = IORING_OP_RECVMSG, .fd = socket_fd, .addr = (uint64_t)(uintptr_t)&shape, .len = 1,
        .ioprio = IORING_RECV_MULTISHOT, .flags = IOSQE_BUFFER_SELECT, .buf_group = GROUP};
    sq_array[at] = at;
    __atomic_store_n(sq_tail, tail + 1, __ATOMIC_SEQ_CST);
    armed = true;
    if (!(setup_flags & IORING_SETUP_SQPOLL)) enter(1, 0, 0, 0);
    else if (__atomic_load_n(sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP) enter(1, 0, IORING_ENTER_SQ_WAKEUP, 0);
}

static void *map(size_t bytes, off_t which)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, which);
    if (at == MAP_FAILED) fail("mmap of the ring");
    return at;
}

static void open_uring(void)
{
    struct io_uring_params p = {.flags = setup_flags | IORING_SETUP_CQSIZE, .cq_entries = 4 * MOST_MESSAGES, .sq_thread_idle = 10};
    ring = (int)syscall(__NR_io_uring_setup, 8, &p);
    if (ring < 0) fail("io_uring_setup");
    if (!naps && !(p.features & FEAT_MIN_TIMEOUT)) {
        fprintf(stderr, "waiting for a batch needs Linux 6.12; add -nap\n");
        exit(3);
    }
    char *sq = map(p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
    char *cq = map(p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
    sqes = map(p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    sq_tail = (unsigned *)(sq + p.sq_off.tail);
    sq_mask = *(unsigned *)(sq + p.sq_off.ring_mask);
    sq_flags = (unsigned *)(sq + p.sq_off.flags);
    sq_array = (unsigned *)(sq + p.sq_off.array);
    cq_head = (unsigned *)(cq + p.cq_off.head);
    cq_tail = (unsigned *)(cq + p.cq_off.tail);
    cq_mask = *(unsigned *)(cq + p.cq_off.ring_mask);
    cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
    slots = memory((size_t)messages * (size_t)slot_bytes);
    provided = (struct io_uring_buf_ring *)memory((size_t)messages * sizeof(struct io_uring_buf));
    memset(provided, 0, (size_t)messages * sizeof(struct io_uring_buf));
    struct io_uring_buf_reg reg = {.ring_addr = (uint64_t)(uintptr_t)provided, .ring_entries = (unsigned)messages, .bgid = GROUP};
    if (syscall(__NR_io_uring_register, ring, IORING_REGISTER_PBUF_RING, &reg, 1)) fail("IORING_REGISTER_PBUF_RING");
    for (int i = 0; i < messages; i++) provide((uint16_t)i);
    __atomic_store_n(&provided->tail, provided_tail, __ATOMIC_RELEASE);
    arm();
}

static void take_completion(const struct io_uring_cqe *done)
{
    if (!(done->flags & IORING_CQE_F_MORE)) armed = false;
    if (done->res == -ENOBUFS) used_up = true;
    if (done->res < 0 && done->res != -ENOBUFS && done->res != -EAGAIN) {
        errno = -done->res;
        fail("multishot receive");
    }
    if (!(done->flags & IORING_CQE_F_BUFFER)) return;
    uint16_t slot = (uint16_t)(done->flags >> IORING_CQE_BUFFER_SHIFT);
    char *at = slots + (size_t)slot * slot_bytes;
    struct io_uring_recvmsg_out *out = (struct io_uring_recvmsg_out *)at;
    struct msghdr message = {.msg_control = at + sizeof *out, .msg_controllen = out->controllen};
    take(at + sizeof *out + CONTROL_BYTES, (int)out->payloadlen, &message);
    provide(slot);
}

static unsigned take_completions(void)
{
    unsigned head = *cq_head, tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE), from = head;
    while (head != tail) take_completion(&cqes[head++ & cq_mask]);
    if (head == from) return 0;
    __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
    __atomic_store_n(&provided->tail, provided_tail, __ATOMIC_RELEASE);
    if (!armed) arm();
    return head - from;
}

static bool look_uring(void)
{
    bool any = false;
    for (;;) {
        used_up = false;
        unsigned count = take_completions();
        any |= count > 0;
        /* All buffers were full, or the kernel paused: there may be more, which comes with the next call. */
        bool more = used_up || count >= RECEIVES_IN_A_ROW;
        if (!more) return any;
        if (setup_flags & IORING_SETUP_DEFER_TASKRUN) enter(0, 0, IORING_ENTER_GETEVENTS, 0);
    }
}

static void wait_uring(int milliseconds)
{
    if (milliseconds > 0) {
        enter(0, naps ? 1 : (unsigned)messages / 2, IORING_ENTER_GETEVENTS, (unsigned)milliseconds);
    } else if (naps) {
        nap();
        if (setup_flags & IORING_SETUP_DEFER_TASKRUN) enter(0, 0, IORING_ENTER_GETEVENTS, 0);
    } else {
        enter(0, (unsigned)messages / 2, IORING_ENTER_GETEVENTS, LOOK_MILLISECONDS);
    }
}

/* ---- both ---- */

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void receive(const struct way *way)
{
    /* What look() finds empty stays so for a while, so it is not asked again before a wait. */
    for (int silent = 0; silent < SILENT_LOOKS || datagrams == 0; ) {
        bool any = way->look();
        silent = any ? 0 : silent + 1;
        way->wait(any ? 0 : LOOK_MILLISECONDS);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5 || (messages = atoi(argv[4])) < 2 || messages > MOST_MESSAGES || messages & (messages - 1)) {
        fprintf(stderr, "usage: uring WAY PORT BUFFER_BYTES MESSAGES, a power of two up to %d\n", MOST_MESSAGES);
        return 2;
    }
    const char *name = argv[1];
    struct way way = {look_recvmmsg, wait_recvmmsg};
    socket_fd = open_socket(atoi(argv[2]), atoi(argv[3]));
    chunk = memory(CHUNK_BYTES);
    naps = strstr(name, "-nap") != NULL;
    if (strstr(name, "-coop")) setup_flags |= IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER;
    if (strstr(name, "-defer")) setup_flags |= IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER;
    if (strstr(name, "-sqpoll")) setup_flags |= IORING_SETUP_SQPOLL;
    if (strncmp(name, "multishot", 9) == 0) {
        open_uring();
        way = (struct way){look_uring, wait_uring};
    } else {
        open_recvmmsg();
    }
    double before = cpu_seconds();
    fprintf(stderr, "ready\n");
    receive(&way);
    printf("datagrams %ld heaps 0 cpu %.4f dropped %u calls %ld\n", datagrams, cpu_seconds() - before, dropped(socket_fd), calls);
    return 0;
}
