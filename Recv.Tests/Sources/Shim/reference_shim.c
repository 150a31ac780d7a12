/* The reference shim of the tests: datagrams from a ring in memory that the test shares with it. Layout of the memory: head (64 bits, written
 * by the test), ended (64 bits), then 1024 slots of 2048 bytes: length, flags (32 bits each), payload. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "recv_shim.h"

enum { SLOTS = 1024, SLOT_BYTES = 2048, HEADER_BYTES = 16 };

struct recv_shim {
    volatile uint8_t *memory;
    int event;
    int woken;
    uint64_t taken;
    uint64_t flawed;
};

#ifndef OTHER_ABI
#define OTHER_ABI RECV_SHIM_ABI
#endif

uint32_t recv_shim_abi(void) { return OTHER_ABI; }

recv_shim *recv_shim_open(const char *config, char *error, size_t error_bytes)
{
    int memory_fd, event_fd;
    recv_shim *shim;
    if (sscanf(config, "memory=%d&event=%d", &memory_fd, &event_fd) != 2) {
        snprintf(error, error_bytes, "'%s' is not memory=FD&event=FD", config);
        return NULL;
    }
    shim = calloc(1, sizeof *shim);
    if (!shim)
        return NULL;
    shim->event = event_fd;
    shim->memory = mmap(NULL, HEADER_BYTES + SLOTS * SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
    if (shim->memory == MAP_FAILED) {
        snprintf(error, error_bytes, "cannot map descriptor %d: %s", memory_fd, strerror(errno));
        free(shim);
        return NULL;
    }
    return shim;
}

static uint64_t word(recv_shim *shim, int at) { return __atomic_load_n((volatile uint64_t *)(shim->memory + at), __ATOMIC_ACQUIRE); }

static int take(recv_shim *shim, recv_shim_packet *packets, uint32_t max)
{
    uint64_t head = word(shim, 0);
    uint32_t given = 0;
    for (; given < max && shim->taken < head; given++, shim->taken++) {
        uint8_t *slot = (uint8_t *)shim->memory + HEADER_BYTES + shim->taken % SLOTS * SLOT_BYTES;
        memcpy(&packets[given].length, slot, 4);
        memcpy(&packets[given].flags, slot + 4, 4);
        packets[given].data = slot + 8;
        packets[given].arrival_ns = (int64_t)shim->taken + 1;
        shim->flawed += packets[given].flags != 0;
    }
    return (int)given;
}

int recv_shim_poll(recv_shim *shim, recv_shim_packet *packets, uint32_t max, int timeout_ms)
{
    struct pollfd waiting = { shim->event, POLLIN, 0 };
    uint64_t count;
    for (;;) {
        int given = take(shim, packets, max);
        if (given > 0)
            return given;
        if (word(shim, 8))
            return word(shim, 8) == 1 ? RECV_SHIM_END : RECV_SHIM_ERROR;
        if (__atomic_exchange_n(&shim->woken, 0, __ATOMIC_ACQ_REL) || timeout_ms == 0)
            return 0;
        if (poll(&waiting, 1, timeout_ms) == 0)
            return 0;
        if (read(shim->event, &count, sizeof count) < 0 && errno != EAGAIN)
            return RECV_SHIM_ERROR;
    }
}

void recv_shim_release(recv_shim *shim) { (void)shim; }

void recv_shim_wake(recv_shim *shim)
{
    uint64_t one = 1;
    __atomic_store_n(&shim->woken, 1, __ATOMIC_RELEASE);
    if (write(shim->event, &one, sizeof one) < 0)
        return;
}

void recv_shim_stats(recv_shim *shim, recv_shim_counts *counts)
{
    memset(counts, 0, sizeof *counts);
    counts->dropped = shim->flawed;
    counts->skipped = 7;
    counts->buffer_bytes = SLOTS * SLOT_BYTES;
}

const char *recv_shim_error(recv_shim *shim)
{
    (void)shim;
    return "the test has pulled the cable";
}

void recv_shim_close(recv_shim *shim)
{
    munmap((void *)shim->memory, HEADER_BYTES + SLOTS * SLOT_BYTES);
    free(shim);
}
