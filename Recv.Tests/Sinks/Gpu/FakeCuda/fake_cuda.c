// A libcuda.so.1 without a GPU, for tests: it keeps the driver's rules (contexts per thread, streams that work later and side by side, events,
// registered memory, parameters by the PTX's own declaration), does the work on the processor, and writes down what it is asked.
//
// Kernels run for real: the test compiles the same OpenCL C sources into it (kernels.h), where a work item that meets a barrier
// lets the next one run. Names, signatures and codes are those of cuda.h.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#define EXPORT __attribute__((visibility("default")))
enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201,
       INVALID_HANDLE = 400, NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, ALREADY_REGISTERED = 712, NOT_REGISTERED = 713, LAUNCH_FAILED = 719 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static __thread void *current;

// ---- what the tests see and set -------------------------------------------------------------------------------------------------

static char *log_text;
static size_t log_length, log_room;
static char fail_call[64], hang_call[64];
static int fail_after, fail_code, fail_for_good, sticky, devices = 1, held;
static size_t memory_bytes = (size_t)256 << 20, memory_used;
static int live_memory, live_streams, live_events, live_modules, live_registrations, live_contexts;

static void note(const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (log_length + length + 1 > log_room) log_text = realloc(log_text, log_room = 2 * (log_room + length + 1));
    memcpy(log_text + log_length, line, length);
    log_text[log_length += length] = 0;
}

// Takes the log so far: a line a call.
EXPORT size_t fake_log(char *into, size_t room)
{
    pthread_mutex_lock(&lock);
    size_t length = log_length;
    if (into && length < room) { memcpy(into, log_text ? log_text : "", length); into[length] = 0; log_length = 0; }
    pthread_mutex_unlock(&lock);
    return length;
}

// The call after so many more of that name fails with code, and all later ones if for good; 700 and above 714 stick, as a lost device does.
EXPORT void fake_fail(const char *call, int after, int code, int for_good)
{
    pthread_mutex_lock(&lock);
    snprintf(fail_call, sizeof fail_call, "%s", call);
    fail_after = after;
    fail_code = code;
    fail_for_good = for_good;
    pthread_mutex_unlock(&lock);
}

EXPORT void fake_set(int device_count, size_t memory) { devices = device_count; memory_bytes = memory; }

// While held is 1 no stream works.
EXPORT void fake_hold(int hold)
{
    pthread_mutex_lock(&lock);
    held = hold;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

EXPORT int fake_live(void) { return live_memory + live_streams + live_events + live_modules + live_registrations + live_contexts; }

// Calls of that name do not return until another name is given.
EXPORT void fake_hang(const char *call)
{
    pthread_mutex_lock(&lock);
    snprintf(hang_call, sizeof hang_call, "%s", call);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void hangs(const char *call)
{
    if (!strcmp(call, hang_call)) note("%s hangs", call);
    while (!strcmp(call, hang_call)) pthread_cond_wait(&changed, &lock);
}

// The same for a process of its own: FAKE_CUDA_FAIL="cuLaunchKernel 3 719".
static void __attribute__((constructor)) fail_as_told(void)
{
    char call[64];
    int after, code;
    const char *told = getenv("FAKE_CUDA_FAIL");
    if (told && sscanf(told, "%63s %d %d", call, &after, &code) == 3) fake_fail(call, after, code, 0);
}

static int fails(const char *call)
{
    hangs(call);
    if (sticky) return sticky;
    if (!fail_code || strcmp(call, fail_call) || fail_after-- > 0) return 0;
    int code = fail_code;
    if (!fail_for_good) fail_code = 0;
    if (code == ILLEGAL_ADDRESS || code > 714) sticky = code;
    return code;
}

// Begins a call: takes the lock, and answers for it if the test or the driver's rules say so.
#define CALL(name, needs_context)                                                                  \
    pthread_mutex_lock(&lock);                                                                     \
    int status = fails(name);                                                                      \
    if (!status && (needs_context) && !current) status = INVALID_CONTEXT;                          \
    if (status) note("%s -> %d", name, status);                                                    \
    if (status) return pthread_mutex_unlock(&lock), status;
#define RETURN(value) return pthread_mutex_unlock(&lock), (value)

// ---- memory ----------------------------------------------------------------------------------------------------------------------

struct range { char *first; size_t bytes; struct range *next; };
static struct range *allocations, *registrations;

static struct range *find(struct range *list, const char *at, size_t bytes)
{
    for (; list; list = list->next)
        if (at >= list->first && at + bytes <= list->first + list->bytes) return list;
    return NULL;
}

static void add(struct range **list, char *first, size_t bytes)
{
    struct range *made = malloc(sizeof *made);
    *made = (struct range){first, bytes, *list};
    *list = made;
}

static size_t take(struct range **list, const char *first)
{
    for (; *list; list = &(*list)->next) {
        struct range *found = *list;
        if (found->first != first) continue;
        size_t bytes = found->bytes;
        *list = found->next;
        free(found);
        return bytes;
    }
    return 0;
}

EXPORT int cuMemAlloc_v2(uint64_t *pointer, size_t bytes)
{
    CALL("cuMemAlloc", 1)
    if (memory_used + bytes > memory_bytes) RETURN(OUT_OF_MEMORY);
    char *made = aligned_alloc(256, (bytes + 255) & ~(size_t)255);
    memset(made, 0xAB, bytes);
    add(&allocations, made, bytes);
    memory_used += bytes;
    live_memory++;
    *pointer = (uint64_t)made;
    note("cuMemAlloc %zu", bytes);
    RETURN(OK);
}

EXPORT int cuMemFree_v2(uint64_t pointer)
{
    pthread_mutex_lock(&lock);
    size_t bytes = take(&allocations, (char *)pointer);
    if (!bytes) RETURN(INVALID_VALUE);
    free((void *)pointer);
    memory_used -= bytes;
    live_memory--;
    note("cuMemFree %zu", bytes);
    RETURN(OK);
}

EXPORT int cuMemHostRegister_v2(void *host, size_t bytes, unsigned flags)
{
    CALL("cuMemHostRegister", 1)
    if (find(registrations, host, 1)) RETURN(ALREADY_REGISTERED);
    add(&registrations, host, bytes);
    live_registrations++;
    note("cuMemHostRegister %zu flags %u", bytes, flags);
    RETURN(OK);
}

EXPORT int cuMemHostUnregister(void *host)
{
    pthread_mutex_lock(&lock);
    hangs("cuMemHostUnregister");
    size_t bytes = take(&registrations, host);
    if (!bytes) RETURN(NOT_REGISTERED);
    live_registrations--;
    note("cuMemHostUnregister %zu", bytes);
    RETURN(OK);
}

// ---- modules and kernels ---------------------------------------------------------------------------------------------------------

typedef uint8_t uchar;
typedef unsigned uint;
typedef uint64_t ulong_;
typedef float float4 __attribute__((vector_size(16)));
struct kernel { const char *name; void (*run)(void **); int has_barriers; };
static __thread uint local_id, local_size, group_id, group_count;
static void meet(void);

#define ulong ulong_
#define __kernel static
#define __global
#define __local static __thread
#define FLOAT4(a, b, c, d) ((float4){a, b, c, d})
#define PART(vector, at) ((vector)[at])
#define get_local_id(d) local_id
#define get_local_size(d) local_size
#define get_group_id(d) group_id
#define get_num_groups(d) group_count
#define get_global_id(d) (group_id * local_size + local_id)
#define CLK_LOCAL_MEM_FENCE 1
#define barrier(f) meet()
#define atomic_add(p, v) __sync_fetch_and_add(p, v)
#define A(type, at) (*(type *)arguments[at])
#include "kernels.h"
#undef __local
#undef barrier

#define MOST_ITEMS 256
#define STACK (64 << 10)
static __thread ucontext_t group_context, item_contexts[MOST_ITEMS];
static __thread char *stacks;
static __thread const struct kernel *running;
static __thread void **running_arguments;
static __thread int finished[MOST_ITEMS];

static void item_main(void)
{
    uint item = local_id;
    running->run(running_arguments);
    finished[item] = 1;
    swapcontext(&item_contexts[item], &group_context);
}

// A work item at a barrier: the next one runs, until all have come here.
static void meet(void)
{
    uint item = local_id;
    swapcontext(&item_contexts[item], &group_context);
    local_id = item;
}

static void run_group(uint items)
{
    if (!stacks) stacks = malloc((size_t)MOST_ITEMS * STACK);
    for (uint item = 0; item < items; item++) {
        getcontext(&item_contexts[item]);
        item_contexts[item].uc_stack.ss_sp = stacks + (size_t)item * STACK;
        item_contexts[item].uc_stack.ss_size = STACK;
        item_contexts[item].uc_link = NULL;
        makecontext(&item_contexts[item], item_main, 0);
        finished[item] = 0;
    }
    for (uint left = items; left > 0;) {
        left = 0;
        for (uint item = 0; item < items; item++) {
            if (finished[item]) continue;
            local_id = item;
            swapcontext(&group_context, &item_contexts[item]);
            left += !finished[item];
        }
    }
}

static void run_kernel(const struct kernel *kernel, uint groups, uint items, void **arguments)
{
    running = kernel;
    running_arguments = arguments;
    group_count = groups;
    local_size = items;
    for (group_id = 0; group_id < groups; group_id++) {
        if (kernel->has_barriers) { run_group(items); continue; }
        for (local_id = 0; local_id < items; local_id++) kernel->run(arguments);
    }
}

#define MOST_PARAMETERS 16
struct function { const struct kernel *kernel; int parameters; int sizes[MOST_PARAMETERS]; struct function *next; };
struct module { char *ptx; struct function *functions; };

EXPORT int cuModuleLoadDataEx(struct module **module, const char *image, unsigned options, int *names, void **values)
{
    CALL("cuModuleLoadDataEx", 1)
    if (!strstr(image, ".version ") || !strstr(image, ".target sm_") || !strstr(image, ".address_size 64")) {
        for (unsigned at = 0; at + 1 < options; at++)
            if (names[at] == 5) snprintf(values[at], (size_t)values[at + 1], "ptxas fatal: no PTX");
        RETURN(INVALID_IMAGE);
    }
    *module = calloc(1, sizeof **module);
    (*module)->ptx = strdup(image);
    live_modules++;
    note("cuModuleLoadDataEx %zu bytes", strlen(image));
    RETURN(OK);
}

EXPORT int cuModuleUnload(struct module *module)
{
    pthread_mutex_lock(&lock);
    for (struct function *at = module->functions, *next; at; at = next) { next = at->next; free(at); }
    free(module->ptx);
    free(module);
    live_modules--;
    note("cuModuleUnload");
    RETURN(OK);
}

EXPORT int cuModuleGetFunction(struct function **function, struct module *module, const char *name)
{
    CALL("cuModuleGetFunction", 1)
    char entry[128];
    snprintf(entry, sizeof entry, ".entry %s(", name);
    const char *at = strstr(module->ptx, entry);
    const struct kernel *kernel = kernels;
    while (kernel->name && strcmp(kernel->name, name)) kernel++;
    if (!at || !kernel->name) RETURN(NOT_FOUND);
    struct function *made = calloc(1, sizeof *made);
    made->kernel = kernel;
    // The parameters as the PTX declares them: .param .u64 name, ...
    const char *end = strchr(at, ')');
    while ((at = strstr(at, ".param .")) && at < end) {
        at += strlen(".param .");
        made->sizes[made->parameters++] = atoi(at + 1) / 8;
    }
    made->next = module->functions;
    module->functions = made;
    *function = made;
    note("cuModuleGetFunction %s of %d parameters", name, made->parameters);
    RETURN(OK);
}

// ---- streams and events ----------------------------------------------------------------------------------------------------------

struct event { uint64_t recorded, reached; double seconds; unsigned flags; int number; };
enum work { COPY, CLEAR, LAUNCH, RECORD, WAIT };
struct item {
    enum work work;
    char *to;
    const char *from;
    size_t bytes;
    struct event *event;
    uint64_t number;
    struct function *function;
    uint groups, size;
    uint64_t values[MOST_PARAMETERS];
    struct item *next;
};
struct stream { pthread_t thread; struct item *first, **last; int busy, closing, number; };
static int stream_numbers, event_numbers;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void work_on(struct item *item)
{
    void *arguments[MOST_PARAMETERS];
    switch (item->work) {
    case COPY: memcpy(item->to, item->from, item->bytes); break;
    case CLEAR: memset(item->to, 0, item->bytes); break;
    case LAUNCH:
        for (int at = 0; at < item->function->parameters; at++) arguments[at] = &item->values[at];
        run_kernel(item->function->kernel, item->groups, item->size, arguments);
        break;
    default: break;
    }
}

static void *stream_main(void *own)
{
    struct stream *stream = own;
    pthread_mutex_lock(&lock);
    while (1) {
        while ((!stream->first || held) && !(stream->closing && !stream->first)) pthread_cond_wait(&changed, &lock);
        struct item *item = stream->first;
        if (!item) break;
        if (item->work == WAIT)
            while (item->event->reached < item->number) pthread_cond_wait(&changed, &lock);
        stream->busy = 1;
        int dead = sticky;
        pthread_mutex_unlock(&lock);
        if (!dead) work_on(item);
        pthread_mutex_lock(&lock);
        if (item->work == RECORD) {
            item->event->reached = item->number;
            item->event->seconds = now();
        }
        stream->busy = 0;
        stream->first = item->next;
        if (!stream->first) stream->last = &stream->first;
        free(item);
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    free(stacks);
    return NULL;
}

static void push(struct stream *stream, struct item work)
{
    struct item *item = malloc(sizeof *item);
    *item = work;
    item->next = NULL;
    *stream->last = item;
    stream->last = &item->next;
    pthread_cond_broadcast(&changed);
}

EXPORT int cuStreamCreate(struct stream **stream, unsigned flags)
{
    CALL("cuStreamCreate", 1)
    struct stream *made = calloc(1, sizeof *made);
    made->last = &made->first;
    made->number = stream_numbers++;
    pthread_create(&made->thread, NULL, stream_main, made);
    live_streams++;
    *stream = made;
    note("cuStreamCreate %d flags %u", made->number, flags);
    RETURN(OK);
}

EXPORT int cuStreamSynchronize(struct stream *stream)
{
    CALL("cuStreamSynchronize", 1)
    while (stream->first || stream->busy) pthread_cond_wait(&changed, &lock);
    note("cuStreamSynchronize %d", stream->number);
    RETURN(sticky);
}

EXPORT int cuStreamDestroy_v2(struct stream *stream)
{
    pthread_mutex_lock(&lock);
    stream->closing = 1;
    pthread_cond_broadcast(&changed);
    note("cuStreamDestroy %d", stream->number);
    live_streams--;
    pthread_mutex_unlock(&lock);
    pthread_join(stream->thread, NULL);
    free(stream);
    return OK;
}

EXPORT int cuEventCreate(struct event **event, unsigned flags)
{
    CALL("cuEventCreate", 1)
    *event = calloc(1, sizeof **event);
    (*event)->flags = flags;
    (*event)->number = event_numbers++;
    live_events++;
    note("cuEventCreate %d flags %u", (*event)->number, flags);
    RETURN(OK);
}

EXPORT int cuEventDestroy_v2(struct event *event)
{
    pthread_mutex_lock(&lock);
    note("cuEventDestroy %d", event->number);
    free(event);
    live_events--;
    RETURN(OK);
}

EXPORT int cuEventRecord(struct event *event, struct stream *stream)
{
    CALL("cuEventRecord", 1)
    push(stream, (struct item){.work = RECORD, .event = event, .number = ++event->recorded});
    note("cuEventRecord %d stream %d", event->number, stream->number);
    RETURN(OK);
}

EXPORT int cuStreamWaitEvent(struct stream *stream, struct event *event, unsigned flags)
{
    CALL("cuStreamWaitEvent", 1)
    push(stream, (struct item){.work = WAIT, .event = event, .number = event->recorded});
    note("cuStreamWaitEvent %d event %d", stream->number, event->number);
    RETURN(OK);
}

EXPORT int cuEventQuery(struct event *event)
{
    CALL("cuEventQuery", 1)
    RETURN(event->reached == event->recorded ? OK : NOT_READY);
}

EXPORT int cuEventSynchronize(struct event *event)
{
    CALL("cuEventSynchronize", 1)
    uint64_t number = event->recorded;
    while (event->reached < number && !sticky) pthread_cond_wait(&changed, &lock);
    note("cuEventSynchronize %d", event->number);
    RETURN(sticky);
}

EXPORT int cuEventElapsedTime(float *milliseconds, struct event *from, struct event *to)
{
    CALL("cuEventElapsedTime", 1)
    if (!from->recorded || !to->recorded) RETURN(INVALID_HANDLE);
    if (from->reached != from->recorded || to->reached != to->recorded) RETURN(NOT_READY);
    *milliseconds = (float)((to->seconds - from->seconds) * 1e3);
    RETURN(OK);
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, struct stream *stream)
{
    CALL("cuMemcpyHtoDAsync", 1)
    if (!find(allocations, (char *)to, bytes)) RETURN(INVALID_VALUE);
    int pinned = find(registrations, from, bytes) != NULL;
    note("cuMemcpyHtoDAsync %zu stream %d %s", bytes, stream->number, pinned ? "pinned" : "pageable");
    if (pinned) {
        push(stream, (struct item){.work = COPY, .to = (char *)to, .from = from, .bytes = bytes});
        RETURN(OK);
    }
    // Pageable memory is staged before the call returns.
    while (stream->first || stream->busy) pthread_cond_wait(&changed, &lock);
    memcpy((char *)to, from, bytes);
    RETURN(OK);
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, struct stream *stream)
{
    CALL("cuMemcpyDtoHAsync", 1)
    if (!find(allocations, (char *)from, bytes)) RETURN(INVALID_VALUE);
    push(stream, (struct item){.work = COPY, .to = to, .from = (char *)from, .bytes = bytes});
    note("cuMemcpyDtoHAsync %zu stream %d", bytes, stream->number);
    RETURN(OK);
}

EXPORT int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, struct stream *stream)
{
    CALL("cuMemsetD8Async", 1)
    if (!find(allocations, (char *)to, bytes) || value != 0) RETURN(INVALID_VALUE);
    push(stream, (struct item){.work = CLEAR, .to = (char *)to, .bytes = bytes});
    note("cuMemsetD8Async %zu stream %d", bytes, stream->number);
    RETURN(OK);
}

EXPORT int cuLaunchKernel(struct function *function, uint gx, uint gy, uint gz, uint bx, uint by, uint bz, uint shared,
                          struct stream *stream, void **parameters, void **extra)
{
    CALL("cuLaunchKernel", 1)
    if (!gx || gy != 1 || gz != 1 || !bx || bx > MOST_ITEMS || by != 1 || bz != 1 || shared || extra) RETURN(INVALID_VALUE);
    struct item item = {.work = LAUNCH, .function = function, .groups = gx, .size = bx};
    for (int at = 0; at < function->parameters; at++) memcpy(&item.values[at], parameters[at], function->sizes[at]);
    push(stream, item);
    note("cuLaunchKernel %s %u x %u stream %d", function->kernel->name, gx, bx, stream->number);
    RETURN(OK);
}

// ---- devices and contexts --------------------------------------------------------------------------------------------------------

static char primary_contexts[8];
static int retained[8];

EXPORT int cuInit(unsigned flags) { CALL("cuInit", 0) note("cuInit %u", flags); RETURN(devices ? OK : NO_DEVICE); }
EXPORT int cuDriverGetVersion(int *version) { *version = 12040; return OK; }
EXPORT int cuDeviceGetCount(int *count) { *count = devices; return OK; }
EXPORT int cuDeviceGet(int *device, int index) { *device = index; return index < devices ? OK : INVALID_DEVICE; }
EXPORT int cuDeviceGetName(char *name, int room, int device) { snprintf(name, room, "Fake GPU %d", device); return OK; }
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = memory_bytes; return OK; }

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    (void)device;
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 36 ? 1000000 : attribute == 37 ? 512 : 0;
    return OK;
}

EXPORT int cuDevicePrimaryCtxRetain(void **context, int device)
{
    CALL("cuDevicePrimaryCtxRetain", 0)
    if (device < 0 || device >= devices) RETURN(INVALID_DEVICE);
    retained[device]++;
    live_contexts++;
    *context = &primary_contexts[device];
    note("cuDevicePrimaryCtxRetain %d", device);
    RETURN(OK);
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device)
{
    pthread_mutex_lock(&lock);
    if (!retained[device]) RETURN(INVALID_CONTEXT);
    retained[device]--;
    live_contexts--;
    note("cuDevicePrimaryCtxRelease %d", device);
    RETURN(OK);
}

EXPORT int cuCtxSetCurrent(void *context) { CALL("cuCtxSetCurrent", 0) current = context; RETURN(OK); }

EXPORT int cuGetErrorName(int code, const char **name)
{
    *name = code == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : code == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS"
        : code == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED" : code == INVALID_IMAGE ? "CUDA_ERROR_INVALID_IMAGE" : NULL;
    return *name ? OK : INVALID_VALUE;
}
