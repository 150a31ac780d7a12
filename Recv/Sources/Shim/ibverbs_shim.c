/*
 * A shim for ibverbs: UDP from an RDMA-capable card past the kernel, with a raw packet queue and a flow rule.
 *
 *   cc -O2 -shared -fPIC -I . -o libibverbs_shim.so ibverbs_shim.c -libverbs
 *   recv run --src 'shim:./libibverbs_shim.so?device=mlx5_0&port=1&ip=239.10.10.0&udp=7148' ...
 *
 * It needs CAP_NET_RAW. Groups must be joined beside it (ip maddress, or a socket), so that the switch sends them here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <infiniband/verbs.h>
#include "recv_shim.h"

enum { SLOTS = 16384, SLOT_BYTES = 9216, BATCH = 256 };

struct recv_shim {
    struct ibv_context *context;
    struct ibv_pd *pd;
    struct ibv_comp_channel *channel;
    struct ibv_cq *cq;
    struct ibv_qp *qp;
    struct ibv_mr *mr;
    struct ibv_flow *flow;
    uint8_t *slots;
    int wake;
    uint32_t held[BATCH], holds;   /* slots of the batch that is lent */
    uint16_t port;
    uint64_t skipped, lost_before;
    char lost_file[160];           /* the card's count of packets without a buffer, of all queues of its port */
    char error[200];
};

uint32_t recv_shim_abi(void) { return RECV_SHIM_ABI; }

static int post(recv_shim *s, uint32_t slot)
{
    struct ibv_sge piece = { (uintptr_t)(s->slots + (size_t)slot * SLOT_BYTES), SLOT_BYTES, s->mr->lkey };
    struct ibv_recv_wr work = { .wr_id = slot, .sg_list = &piece, .num_sge = 1 }, *bad;
    return ibv_post_recv(s->qp, &work, &bad);
}

static int fail(recv_shim *s, const char *what, const char *why)
{
    snprintf(s->error, sizeof s->error, "ibverbs: %s: %s", what, why);
    return RECV_SHIM_ERROR;
}

static uint64_t lost(const recv_shim *s)
{
    unsigned long long count = 0;
    FILE *file = fopen(s->lost_file, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%llu", &count) != 1)
        count = 0;
    fclose(file);
    return count;
}

static struct ibv_context *open_device(const char *name)
{
    int count = 0;
    struct ibv_device **list = ibv_get_device_list(&count);
    struct ibv_context *context = NULL;
    for (int i = 0; list && i < count && !context; i++)
        if (!strcmp(ibv_get_device_name(list[i]), name))
            context = ibv_open_device(list[i]);
    if (list)
        ibv_free_device_list(list);
    return context;
}

/* The card takes exactly this address and port; everything else goes to the kernel. */
static struct ibv_flow *steer(struct ibv_qp *qp, uint8_t port, struct in_addr ip, uint16_t udp)
{
    struct {
        struct ibv_flow_attr attr;
        struct ibv_flow_spec_eth eth;
        struct ibv_flow_spec_ipv4 ip;
        struct ibv_flow_spec_tcp_udp udp;
    } rule;
    memset(&rule, 0, sizeof rule);
    rule.attr.type = IBV_FLOW_ATTR_NORMAL;
    rule.attr.size = sizeof rule;
    rule.attr.num_of_specs = 3;
    rule.attr.port = port;
    rule.eth.type = IBV_FLOW_SPEC_ETH;
    rule.eth.size = sizeof rule.eth;
    rule.eth.val.ether_type = htons(0x0800);
    rule.eth.mask.ether_type = 0xffff;
    rule.ip.type = IBV_FLOW_SPEC_IPV4;
    rule.ip.size = sizeof rule.ip;
    rule.ip.val.dst_ip = ip.s_addr;
    rule.ip.mask.dst_ip = 0xffffffff;
    rule.udp.type = IBV_FLOW_SPEC_UDP;
    rule.udp.size = sizeof rule.udp;
    rule.udp.val.dst_port = htons(udp);
    rule.udp.mask.dst_port = 0xffff;
    return ibv_create_flow(qp, &rule.attr);
}

static const char *start(recv_shim *s, const char *device, uint8_t port, struct in_addr ip)
{
    struct ibv_qp_attr attr = { .qp_state = IBV_QPS_INIT, .port_num = port };
    struct ibv_qp_init_attr init = { .qp_type = IBV_QPT_RAW_PACKET, .cap = { .max_recv_wr = SLOTS, .max_recv_sge = 1 } };
    if (!(s->context = open_device(device)))
        return "no such device; see ibv_devices";
    s->pd = ibv_alloc_pd(s->context);
    s->channel = ibv_create_comp_channel(s->context);
    s->cq = s->channel ? ibv_create_cq(s->context, SLOTS, NULL, s->channel, 0) : NULL;
    if (!s->pd || !s->cq)
        return "no completion queue";
    init.send_cq = init.recv_cq = s->cq;
    if (!(s->qp = ibv_create_qp(s->pd, &init)))
        return "no raw packet queue; give the program CAP_NET_RAW";
    s->slots = mmap(NULL, (size_t)SLOTS * SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->slots == MAP_FAILED || !(s->mr = ibv_reg_mr(s->pd, s->slots, (size_t)SLOTS * SLOT_BYTES, IBV_ACCESS_LOCAL_WRITE)))
        return "cannot register memory; raise ulimit -l";
    if (ibv_modify_qp(s->qp, &attr, IBV_QP_STATE | IBV_QP_PORT))
        return "the queue does not start";
    attr.qp_state = IBV_QPS_RTR;
    if (ibv_modify_qp(s->qp, &attr, IBV_QP_STATE))
        return "the queue does not start";
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        if (post(s, slot))
            return "the card takes fewer buffers";
    if ((s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) < 0 || ibv_req_notify_cq(s->cq, 0))
        return "no notifications";
    return (s->flow = steer(s->qp, port, ip, s->port)) ? NULL : "the flow rule is refused";
}

recv_shim *recv_shim_open(const char *config, char *error, size_t error_bytes)
{
    char device[64], address[64];
    unsigned port, udp;
    struct in_addr ip;
    const char *why;
    recv_shim *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->wake = -1;
    if (sscanf(config, "device=%63[^&]&port=%u&ip=%63[^&]&udp=%u", device, &port, address, &udp) != 4 || !inet_aton(address, &ip))
        why = "write device=NAME&port=N&ip=ADDR&udp=PORT";
    else {
        s->port = (uint16_t)udp;
        snprintf(s->lost_file, sizeof s->lost_file, "/sys/class/infiniband/%s/ports/%u/hw_counters/out_of_buffer", device, port);
        s->lost_before = lost(s);
        why = start(s, device, (uint8_t)port, ip);
    }
    if (!why)
        return s;
    snprintf(error, error_bytes, "ibverbs, %s: %s%s%s", config, why, errno ? ": " : "", errno ? strerror(errno) : "");
    recv_shim_close(s);
    return NULL;
}

static int take(recv_shim *s, recv_shim_packet *packets, uint32_t max)
{
    struct ibv_wc done[BATCH];
    int given = 0, count = ibv_poll_cq(s->cq, (int)(max < BATCH ? max : BATCH), done);
    if (count < 0)
        return fail(s, "completion queue", strerror(errno));
    for (int i = 0; i < count; i++) {
        uint16_t port;
        uint32_t slot = (uint32_t)done[i].wr_id;
        uint8_t *frame = s->slots + (size_t)slot * SLOT_BYTES;
        s->held[s->holds++] = slot;
        if (done[i].status == IBV_WC_LOC_LEN_ERR)
            packets[given++] = (recv_shim_packet){ frame, 0, RECV_SHIM_TRUNCATED, 0 };
        else if (done[i].status != IBV_WC_SUCCESS)   /* the queue is dead: it gives back its buffers, and takes none */
            return given > 0 ? given : fail(s, "receive queue", ibv_wc_status_str(done[i].status));
        else if (recv_shim_udp(frame, done[i].byte_len, &packets[given], &port) && port == s->port)
            packets[given++].arrival_ns = 0;
        else
            s->skipped++;
    }
    return given;
}

void recv_shim_release(recv_shim *s)
{
    while (s->holds > 0) {
        int refused = post(s, s->held[--s->holds]);
        if (refused && !s->error[0])
            fail(s, "posting a buffer", strerror(refused));   /* the next poll says it */
    }
}

int recv_shim_poll(recv_shim *s, recv_shim_packet *packets, uint32_t max, int timeout_ms)
{
    struct pollfd waiting[2] = { { s->channel->fd, POLLIN, 0 }, { s->wake, POLLIN, 0 } };
    struct ibv_cq *cq;
    void *context;
    uint64_t count;
    for (int asked = 0;; asked = 1) {
        int given;
        recv_shim_release(s);
        if (s->error[0])
            return RECV_SHIM_ERROR;
        given = take(s, packets, max);
        if (given != 0 || timeout_ms == 0 || asked)
            return given;
        if (poll(waiting, 2, timeout_ms) <= 0)
            return 0;
        if (waiting[1].revents && read(s->wake, &count, sizeof count) > 0)
            return 0;
        if (ibv_get_cq_event(s->channel, &cq, &context))
            return fail(s, "notification", strerror(errno));
        ibv_ack_cq_events(cq, 1);
        if (ibv_req_notify_cq(cq, 0))   /* what came before this is found by the next take */
            return fail(s, "asking for notifications", strerror(errno));
    }
}

void recv_shim_wake(recv_shim *s)
{
    uint64_t one = 1;
    if (write(s->wake, &one, sizeof one) < 0)
        return;
}

void recv_shim_stats(recv_shim *s, recv_shim_counts *counts)
{
    memset(counts, 0, sizeof *counts);
    counts->skipped = s->skipped;
    counts->dropped = lost(s) - s->lost_before;
    counts->buffer_bytes = (uint64_t)SLOTS * SLOT_BYTES;
}

const char *recv_shim_error(recv_shim *s) { return s->error; }

void recv_shim_close(recv_shim *s)
{
    if (s->flow) ibv_destroy_flow(s->flow);
    if (s->qp) ibv_destroy_qp(s->qp);
    if (s->mr) ibv_dereg_mr(s->mr);
    if (s->slots && s->slots != MAP_FAILED) munmap(s->slots, (size_t)SLOTS * SLOT_BYTES);
    if (s->cq) ibv_destroy_cq(s->cq);
    if (s->channel) ibv_destroy_comp_channel(s->channel);
    if (s->pd) ibv_dealloc_pd(s->pd);
    if (s->context) ibv_close_device(s->context);
    if (s->wake >= 0) close(s->wake);
    free(s);
}
