/*
 * recv_shim.h: a way into Recv for packet hardware and libraries that Recv does not know (ibverbs, DPDK, a vendor's capture card).
 *
 * A shim is a shared library with the functions below. The source "shim:LIB?CONFIG" loads it, and gives its packets to the receiver
 * where they lie: nothing is copied before a packet is placed into its chunk. GUIDE.md, beside this file, walks through one.
 *
 * Threads     recv_shim_open, _poll, _release and _close are called by one thread at a time, one after the other: open and close by
 *             the thread that starts and stops Recv, poll and release by the receive thread. recv_shim_wake and recv_shim_stats may be
 *             called by any thread at any time between open and close. An instance belongs to one stream; a library may be opened
 *             several times, with other configurations, by several threads, so it keeps no state outside its instances.
 * Ownership   What poll gives stays the shim's: valid and unchanged until the next recv_shim_release, or until the close. Strings that
 *             Recv passes are valid during the call.
 * Failure     Nothing may leave a function but its result: no signal, no exit, no C++ exception.
 * Speed       poll and release are called once for each batch, not for each packet. They must not allocate or lock.
 *
 * BSD 3-Clause, as Recv itself; a shim may have any licence.
 */
#ifndef RECV_SHIM_H
#define RECV_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever something below changes its meaning or layout. Recv loads only its own. */
#define RECV_SHIM_ABI 1u

/* recv_shim_packet.flags: why the bytes cannot be used. Such a packet is only counted, under its own reason in the loss ledger; data and
 * length are not looked at. The lowest that applies. */
#define RECV_SHIM_TRUNCATED   1u   /* the packet was longer than the buffer */
#define RECV_SHIM_FRAGMENT    2u   /* a piece of an IP datagram; give the first piece, skip the others */
#define RECV_SHIM_BAD_LENGTH  4u   /* the length fields of UDP or IP contradict the frame */

/* Results of recv_shim_poll other than a number of packets. */
#define RECV_SHIM_END    (-1)      /* no packet can come any more */
#define RECV_SHIM_ERROR  (-2)      /* it cannot go on; the stream ends, recv_shim_error says why */

/* One instance, as the library sees fit. */
typedef struct recv_shim recv_shim;

/* One UDP datagram. 24 bytes, no padding: Recv reads the array where poll wrote it. */
typedef struct recv_shim_packet {
    const uint8_t *data;           /* first byte of the UDP payload; never NULL, also where length is 0 */
    uint32_t       length;         /* bytes of payload, at most 65535 */
    uint32_t       flags;          /* 0, or one of the above */
    int64_t        arrival_ns;     /* nanoseconds since 1970 (UTC), 0 where unknown */
} recv_shim_packet;

/* Counts since open; they never go down. */
typedef struct recv_shim_counts {
    uint64_t dropped;              /* packets for us that the card or its ring lost for want of room */
    uint64_t skipped;              /* packets that came and are not for this stream */
    uint64_t buffer_bytes;         /* room for packets that wait, 0 where unknown */
    uint64_t reserved[5];          /* zero */
} recv_shim_counts;

/* RECV_SHIM_ABI of the header that the library was compiled with. Called before anything else. */
uint32_t recv_shim_abi(void);

/* Opens an instance and begins to receive. config is what the user wrote behind the '?', "" for nothing; its form is the library's
 * business ("port=0&queue=3" looks like the rest of Recv). Returns NULL when it cannot, with one line of at most error_bytes - 1 bytes
 * and a terminating zero in error: what, where, and what to do about it. */
recv_shim *recv_shim_open(const char *config, char *error, size_t error_bytes);

/* Gives up to max packets that have come, in order. With none there, waits up to timeout_ms for the first (0: does not wait), and
 * returns 0 when none came or recv_shim_wake was called. Packets of the poll before have been released. */
int recv_shim_poll(recv_shim *shim, recv_shim_packet *packets, uint32_t max, int timeout_ms);

/* The packets of the last poll are no longer needed. Called once after each poll that gave some. */
void recv_shim_release(recv_shim *shim);

/* Makes a poll that waits return; one that is not waiting yet returns at once, once. */
void recv_shim_wake(recv_shim *shim);

/* Fills in what is known. */
void recv_shim_stats(recv_shim *shim, recv_shim_counts *counts);

/* Why the last poll returned RECV_SHIM_ERROR: one line, valid until the close. */
const char *recv_shim_error(recv_shim *shim);

/* Ends the instance and frees everything, also packets that were not released. */
void recv_shim_close(recv_shim *shim);

/*
 * For shims whose hardware gives Ethernet frames: finds the UDP payload and fills in packet (all but arrival_ns).
 * Returns 1 when the frame carries UDP, 0 when not; the UDP destination port is in *port, host order. It looks through up to two VLAN
 * tags and IPv4 options; IPv6 extension headers are not UDP to it. Which addresses are ours is the card's steering's business.
 */
static inline int recv_shim_udp(const uint8_t *frame, uint32_t length, recv_shim_packet *packet, uint16_t *port)
{
    uint32_t at = 14, udp_at, ip_end, udp_length;
    int tags;
    if (length < at)
        return 0;
    for (tags = 0; tags < 2 && ((frame[at - 2] == 0x81 && frame[at - 1] == 0x00) || (frame[at - 2] == 0x88 && frame[at - 1] == 0xa8)); tags++)
        if (length < (at += 4))
            return 0;
    packet->flags = 0;
    if (frame[at - 2] == 0x08 && frame[at - 1] == 0x00) {
        uint32_t header, fragment;
        if (length < at + 20 || frame[at] >> 4 != 4 || (header = (frame[at] & 15u) * 4) < 20 || frame[at + 9] != 17)
            return 0;
        fragment = (uint32_t)frame[at + 6] << 8 | frame[at + 7];
        if (fragment & 0x1fff)
            return 0;
        if (fragment & 0x2000)
            packet->flags = RECV_SHIM_FRAGMENT;
        udp_at = at + header;
        ip_end = at + ((uint32_t)frame[at + 2] << 8 | frame[at + 3]);
    } else if (frame[at - 2] == 0x86 && frame[at - 1] == 0xdd) {
        if (length < at + 40 || frame[at] >> 4 != 6 || frame[at + 6] != 17)
            return 0;
        udp_at = at + 40;
        ip_end = udp_at + ((uint32_t)frame[at + 4] << 8 | frame[at + 5]);
    } else {
        return 0;
    }
    if (length < udp_at + 8)
        return 0;
    *port = (uint16_t)(frame[udp_at + 2] << 8 | frame[udp_at + 3]);
    udp_length = (uint32_t)frame[udp_at + 4] << 8 | frame[udp_at + 5];
    if (!packet->flags && (ip_end > length || udp_length < 8 || udp_at + udp_length > ip_end))
        packet->flags = RECV_SHIM_BAD_LENGTH;
    packet->data = frame + udp_at + 8;
    packet->length = packet->flags ? 0 : udp_length - 8;
    return 1;
}

#ifdef __cplusplus
}
#endif

#endif
