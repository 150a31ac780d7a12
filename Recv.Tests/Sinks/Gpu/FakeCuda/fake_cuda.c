// A libcuda.so.1 without a GPU, for tests: it keeps the driver's rules for what ILGPU calls (contexts per thread, streams that work later and
// side by side, registered memory, kernel parameters packed as the PTX declares them) and writes down what it is asked. Copies are
// made; kernels are not run: what they compute is shown on other accelerators.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201,
       NOT_FOUND = 500, ILLEGAL_ADDRESS = 700, ALREADY_REGISTERED = 712, NOT_REGISTERED = 713 };

struct thing { char kind; char *first; size_t bytes; struct context *owner; struct thing *next; };
struct context { int sticky; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static __thread struct context *current;
static struct thing *things;

// ---- what the tests see and set -------------------------------------------------------------------------------------------------

static char *log_text;
static size_t log_length, log_room;
static char fail_call[64], hang_call[64];
static int fail_after, fail_code, fail_for_good, devices = 1, held, launches_held, live;
static size_t memory_bytes = (size_t)256 << 20, memory_used;

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

// The call after so many more of that name, * for any but cuInit, fails with code, and all later ones if for good; 700 and above 713 stick to the
// context, as a lost device does.
EXPORT void fake_fail(const char *call, int after, int code, int for_good)
{
    pthread_mutex_lock(&lock);
    snprintf(fail_call, sizeof fail_call, "%s", call);
    fail_after = after;
    fail_code = code;
    fail_for_good = for_good;
    pthread_mutex_unlock(&lock);
}

EXPORT int fake_live(void) { return live; }

static void set(int *what, int value)
{
    pthread_mutex_lock(&lock);
    *what = value;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

EXPORT void fake_set(int device_count, size_t memory) { memory_bytes = memory; set(&devices, device_count); }
// While held no stream works; while launches are held, none gets past a kernel.
EXPORT void fake_hold(int hold) { set(&held, hold); }
EXPORT void fake_hold_launches(int hold) { set(&launches_held, hold); }

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

static int fails(const char *call, struct context *context)
{
    hangs(call);
    if (context && context->sticky) return context->sticky;
    if (!fail_code || (strcmp(call, fail_call) && (strcmp("*", fail_call) || !strcmp(call, "cuInit"))) || fail_after-- > 0) return OK;
    int code = fail_code;
    if (!fail_for_good) fail_code = 0;
    if (context && (code == ILLEGAL_ADDRESS || code > NOT_REGISTERED)) context->sticky = code;
    return code;
}

// Begins a call: takes the lock, and answers for it if the test or the driver's rules say so.
#define CALL_IN(name, context)                                                                     \
    pthread_mutex_lock(&lock);                                                                     \
    int status = fails(name, context);                                                             \
    if (status) note("%s -> %d", name, status);                                                    \
    if (status) return pthread_mutex_unlock(&lock), status;
#define CALL(name) CALL_IN(name, current) if (!current) RETURN(INVALID_CONTEXT);
#define RETURN(value) return pthread_mutex_unlock(&lock), (value)

// ---- memory ----------------------------------------------------------------------------------------------------------------------

static struct thing *find(char kind, const char *at, size_t bytes)
{
    for (struct thing *thing = things; thing; thing = thing->next)
        if (thing->kind == kind && at >= thing->first && at + bytes <= thing->first + thing->bytes) return thing;
    return NULL;
}

static void add(char kind, void *first, size_t bytes)
{
    struct thing *made = malloc(sizeof *made);
    *made = (struct thing){kind, first, bytes, current, things};
    things = made;
    live++;
}

static size_t take(char kind, const void *first)
{
    for (struct thing **at = &things; *at; at = &(*at)->next) {
        struct thing *found = *at;
        if (found->kind != kind || found->first != first) continue;
        size_t bytes = found->bytes;
        *at = found->next;
        free(found);
        live--;
        return bytes;
    }
    return 0;
}

EXPORT int cuMemAlloc_v2(char **pointer, size_t bytes)
{
    CALL("cuMemAlloc")
    if (memory_used + bytes > memory_bytes) RETURN(OUT_OF_MEMORY);
    *pointer = aligned_alloc(256, (bytes + 255) & ~(size_t)255);
    memset(*pointer, 0xAB, bytes);
    add('m', *pointer, bytes);
    memory_used += bytes;
    note("cuMemAlloc %zu", bytes);
    RETURN(OK);
}

static int release(char *pointer)
{
    size_t bytes = take('m', pointer);
    memory_used -= bytes;
    if (bytes) free(pointer);
    return bytes != 0;
}

EXPORT int cuMemFree_v2(char *pointer)
{
    CALL("cuMemFree")
    RETURN(!pointer || release(pointer) ? OK : INVALID_VALUE);
}

EXPORT int cuMemHostRegister_v2(void *host, size_t bytes, unsigned flags)
{
    CALL("cuMemHostRegister")
    if (find('r', host, 1)) RETURN(ALREADY_REGISTERED);
    add('r', host, bytes);
    note("cuMemHostRegister %zu flags %u", bytes, flags);
    RETURN(OK);
}

EXPORT int cuMemHostUnregister(void *host)
{
    CALL("cuMemHostUnregister")
    size_t bytes = take('r', host);
    note("cuMemHostUnregister %zu", bytes);
    RETURN(bytes ? OK : NOT_REGISTERED);
}

// ---- modules and kernels ---------------------------------------------------------------------------------------------------------

struct function { char name[128]; size_t parameter_bytes; };
struct module { char *ptx; struct function function; };

EXPORT int cuModuleLoadDataEx(struct module **module, const char *image, unsigned options, int *names, void **values)
{
    CALL("cuModuleLoadDataEx")
    (void)options; (void)names; (void)values;
    if (!strstr(image, ".version ") || !strstr(image, ".target sm_") || !strstr(image, ".address_size 64")) RETURN(INVALID_IMAGE);
    *module = calloc(1, sizeof **module);
    (*module)->ptx = strdup(image);
    add('k', *module, 1);
    RETURN(OK);
}

static void unload(struct module *module)
{
    if (!take('k', module)) return;
    free(module->ptx);
    free(module);
}

EXPORT int cuModuleUnload(struct module *module)
{
    CALL("cuModuleUnload")
    unload(module);
    RETURN(OK);
}

// The bytes of the parameters as the PTX declares them: .param .align 8 .b8 name[16], .param .b32 name, ...
static size_t parameter_bytes(const char *at)
{
    const char *end = strchr(at, ')');
    size_t offset = 0;
    while ((at = strstr(at, ".param")) && at < end) {
        at += strlen(".param");
        const char *next = strpbrk(at, ",)"), *align = strstr(at, ".align "), *array = strchr(at, '[');
        const char *type = align && align < next ? strchr(align + 7, '.') : strchr(at, '.');
        size_t element = atoi(type + 2) / 8, count = array && array < next ? atoi(array + 1) : 1;
        size_t alignment = align && align < next ? (size_t)atoi(align + 7) : element;
        offset = (offset + alignment - 1) / alignment * alignment + element * count;
    }
    return offset;
}

EXPORT int cuModuleGetFunction(struct function **function, struct module *module, const char *name)
{
    CALL("cuModuleGetFunction")
    char entry[160];
    snprintf(entry, sizeof entry, ".entry %s(", name);
    const char *at = strstr(module->ptx, entry);
    if (!at) RETURN(NOT_FOUND);
    *function = &module->function;
    snprintf((*function)->name, sizeof (*function)->name, "%s", name);
    (*function)->parameter_bytes = parameter_bytes(at + strlen(entry));
    note("cuModuleGetFunction %s of %zu bytes", name, (*function)->parameter_bytes);
    RETURN(OK);
}

// ---- streams ---------------------------------------------------------------------------------------------------------------------

struct item { char work; char *to; const char *from; size_t bytes; struct item *next; };
struct stream { pthread_t thread; struct item *first, **last; struct context *owner; int closing, number; };
static int stream_numbers;

static void work_on(struct item *item)
{
    if (item->work == 'c') memcpy(item->to, item->from, item->bytes);
    if (item->work == 's') memset(item->to, 0, item->bytes);
}

static void *stream_main(void *own)
{
    struct stream *stream = own;
    pthread_mutex_lock(&lock);
    while (1) {
        struct item *item = stream->first;
        if (!item && stream->closing) break;
        if (!item || held || (item->work == 'l' && launches_held)) { pthread_cond_wait(&changed, &lock); continue; }
        int dead = stream->owner->sticky;
        pthread_mutex_unlock(&lock);
        if (!dead) work_on(item);
        pthread_mutex_lock(&lock);
        stream->first = item->next;
        if (!stream->first) stream->last = &stream->first;
        free(item);
        pthread_cond_broadcast(&changed);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

// What is put into the default stream is done at once.
static void push(struct stream *stream, struct item work)
{
    if (!stream) { work_on(&work); return; }
    struct item *item = malloc(sizeof *item);
    *item = work;
    *stream->last = item;
    stream->last = &item->next;
    pthread_cond_broadcast(&changed);
}

static int number(struct stream *stream) { return stream ? stream->number : -1; }

EXPORT int cuStreamCreate(struct stream **stream, unsigned flags)
{
    CALL("cuStreamCreate")
    struct stream *made = calloc(1, sizeof *made);
    made->last = &made->first;
    made->number = stream_numbers++;
    made->owner = current;
    pthread_create(&made->thread, NULL, stream_main, made);
    add('t', made, 1);
    *stream = made;
    note("cuStreamCreate %d flags %u", made->number, flags);
    RETURN(OK);
}

static void drain(struct stream *stream)
{
    while (stream && stream->first && !stream->owner->sticky) pthread_cond_wait(&changed, &lock);
}

EXPORT int cuStreamSynchronize(struct stream *stream)
{
    CALL("cuStreamSynchronize")
    drain(stream);
    note("cuStreamSynchronize %d", number(stream));
    RETURN(current->sticky);
}

static void close_stream(struct stream *stream)
{
    if (!take('t', stream)) return;
    stream->closing = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(stream->thread, NULL);
    pthread_mutex_lock(&lock);
    free(stream);
}

EXPORT int cuStreamDestroy_v2(struct stream *stream)
{
    CALL("cuStreamDestroy")
    close_stream(stream);
    RETURN(OK);
}

EXPORT int cuMemcpyAsync(char *to, const char *from, size_t bytes, struct stream *stream)
{
    CALL("cuMemcpyAsync")
    int up = find('m', to, bytes) != NULL, down = find('m', from, bytes) != NULL;
    if (up == down) RETURN(INVALID_VALUE);
    int pinned = find('r', up ? from : to, bytes) != NULL;
    note("cuMemcpyAsync %s %zu stream %d %s", up ? "up" : "down", bytes, number(stream), pinned ? "pinned" : "pageable");
    push(stream, (struct item){.work = 'c', .to = to, .from = from, .bytes = bytes});
    // Pageable memory is staged before the call returns.
    if (!pinned) drain(stream);
    RETURN(current->sticky);
}

EXPORT int cuMemsetD8Async(char *to, unsigned char value, size_t bytes, struct stream *stream)
{
    CALL("cuMemsetD8Async")
    if (!find('m', to, bytes) || value != 0) RETURN(INVALID_VALUE);
    push(stream, (struct item){.work = 's', .to = to, .bytes = bytes});
    RETURN(OK);
}

EXPORT int cuLaunchKernel(struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                          struct stream *stream, void **parameters, void **extra)
{
    CALL("cuLaunchKernel")
    if (!gx || gy != 1 || gz != 1 || !bx || bx > 1024 || by != 1 || bz != 1 || shared || parameters) RETURN(INVALID_VALUE);
    // CU_LAUNCH_PARAM_BUFFER_POINTER, CU_LAUNCH_PARAM_BUFFER_SIZE, CU_LAUNCH_PARAM_END
    if (extra[0] != (void *)1 || extra[2] != (void *)2 || extra[4] || *(size_t *)extra[3] != function->parameter_bytes) RETURN(INVALID_VALUE);
    push(stream, (struct item){.work = 'l'});
    note("cuLaunchKernel %s %u x %u stream %d", function->name, gx, bx, number(stream));
    RETURN(OK);
}

// ---- devices and contexts --------------------------------------------------------------------------------------------------------

EXPORT int cuInit(unsigned flags) { (void)flags; CALL_IN("cuInit", NULL) RETURN(devices ? OK : NO_DEVICE); }
EXPORT int cuDriverGetVersion(int *version) { *version = 12040; return OK; }
EXPORT int cuDeviceGetCount(int *count) { *count = devices; return OK; }
EXPORT int cuDeviceGet(int *device, int index) { *device = index; return index < devices ? OK : INVALID_DEVICE; }
EXPORT int cuDeviceGetName(char *name, int room, int device) { snprintf(name, room, "Fake GPU %d", device); return OK; }
EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) { (void)device; *bytes = memory_bytes; return OK; }

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    (void)device;
    // Threads of a group and its dimensions, blocks of a grid, shared memory, warp, processors, threads of one, mapped host memory and by
    // its own address, compute capability 9.0.
    static const int values[][2] = {{1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 0x7fffffff}, {6, 65535}, {7, 65535}, {8, 48 << 10}, {10, 32},
        {16, 8}, {19, 1}, {39, 2048}, {75, 9}, {76, 0}, {91, 1}};
    *value = 0;
    for (unsigned at = 0; at < sizeof values / sizeof *values; at++)
        if (values[at][0] == attribute) *value = values[at][1];
    return OK;
}

EXPORT int cuCtxCreate_v2(struct context **context, unsigned flags, int device)
{
    CALL_IN("cuCtxCreate", NULL)
    if (device < 0 || device >= devices) RETURN(INVALID_DEVICE);
    *context = current = calloc(1, sizeof **context);
    add('x', *context, 1);
    note("cuCtxCreate %d flags %u", device, flags);
    RETURN(OK);
}

// With it goes all that was made in it, also when the device is lost.
EXPORT int cuCtxDestroy_v2(struct context *context)
{
    pthread_mutex_lock(&lock);
    note("cuCtxDestroy");
    for (struct thing *thing = things, *next; thing; thing = next) {
        next = thing->next;
        if (thing->owner != context && thing->first != (char *)context) continue;
        if (thing->kind == 't') close_stream((struct stream *)thing->first);
        else if (thing->kind == 'm') release(thing->first);
        else if (thing->kind == 'k') unload((struct module *)thing->first);
        else take(thing->kind, thing->first);
        next = things;
    }
    if (current == context) current = NULL;
    RETURN(OK);
}

EXPORT int cuCtxSetCurrent(struct context *context) { CALL_IN("cuCtxSetCurrent", context) current = context; RETURN(OK); }
EXPORT int cuCtxSynchronize(void) { CALL("cuCtxSynchronize") RETURN(OK); }
EXPORT int cuCtxGetCacheConfig(int *config) { *config = 0; return OK; }
EXPORT int cuCtxGetSharedMemConfig(int *config) { *config = 0; return OK; }
EXPORT int cuGetErrorString(int code, const char **text) { *text = code == OUT_OF_MEMORY ? "out of memory" : "as told"; return OK; }
