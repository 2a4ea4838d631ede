// SPDX-License-Identifier: Apache-2.0
// One process of `./shmbed bench chain`: receives a message from the process before it and sends it to the
// next one, in a ring that begins and ends with the lead. Over a channel the message is a descriptor, and the
// payload stays where it is; over a wire it is the payload itself. A request (its words): lead|relay, size,
// warm-up, count, rate, deadline ms, payload's name, then SPEC and segment's name of the link to receive from
// and of the link to send to. `close` then closes them. docs/channels.md says what is measured.
#include "wire.h"

#include "../common/clock.h"
#include "../common/error.h"
#include "../common/guard.h"
#include "../posix/segment.h"
#include "../storage/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAUSE_NS 200000
#define WORDS 11

// What every process of the chain checks and stamps: at the payload's start, and its last 8 bytes.
struct stamps {
    uint64_t seq;
    uint64_t hops; // processes that this message has passed
};

// A segment with a header: the payload's, or that of a channel.
struct area {
    const char *name;
    unsigned char *base; // NULL: not attached
    size_t size;
    struct header header; // checked
    bool created;
};

// One end: a channel in a segment of its own, or a wire.
struct link {
    struct peer peer;
    struct run run; // what the channel knows of its command
    struct area area;
    struct wire wire;
    bool is_wire, open;
};

struct relay {
    char *words[WORDS]; // of the request, copied: what was made has its names until it is closed
    bool lead;
    uint64_t size, warmup, count, rate;
    int64_t deadline_ns;
    struct area payload;
    struct link in, out;
    unsigned char *bytes; // of the payload: in the segment, or this process's own
    int64_t *samples_ns;  // lead
    struct rusage begun, ended;
    int64_t begun_ns, ended_ns;
    char error[1200];
};

static bool failed(struct relay *relay, const char *call, const char *object, int number)
{
    snprintf(relay->error, sizeof relay->error, "%s %s: %s", call, object, errno_name(number));
    return false;
}

static bool failed_in(struct relay *relay, const struct link *link)
{
    snprintf(relay->error, sizeof relay->error, "%s", link->run.error.message);
    return false;
}

// ---- segments ----

static bool area_create(struct relay *relay, struct area *area, uint64_t message_size, uint64_t channel_bytes)
{
    header_plan(&area->header, message_size, 1, channel_bytes);
    area->size = area->header.segment_size;
    int fd = shm_open(area->name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd == -1)
        return failed(relay, "shm_open", area->name, errno);
    area->created = true;
    int number = ftruncate(fd, (off_t)area->size) == -1 ? errno : posix_fallocate(fd, 0, (off_t)area->size);
    void *base = number != 0 ? MAP_FAILED : mmap(NULL, area->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    number = number != 0 ? number : base == MAP_FAILED ? errno : 0;
    close(fd);
    if (number != 0)
        return failed(relay, "mmap", area->name, number);
    area->base = base;
    if (!header_sign(&area->header))
        return failed(relay, "getrandom", area->name, errno);
    memcpy(base, &area->header, sizeof area->header);
    return true;
}

static void area_ready(struct area *area)
{
    __atomic_store_n(&((struct header *)area->base)->state, STATE_READY, __ATOMIC_RELEASE);
}

// One look: false while it is not there, not sized or not ready.
static bool area_try(struct area *area)
{
    struct stat status;
    int fd = shm_open(area->name, O_RDWR, 0);
    if (fd == -1)
        return false;
    void *base = MAP_FAILED;
    if (fstat(fd, &status) == 0 && status.st_size >= HEADER_BYTES)
        base = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (base == MAP_FAILED)
        return false;
    area->base = base;
    area->size = (size_t)status.st_size;
    const struct header *shared = base;
    if (__atomic_load_n(&shared->state, __ATOMIC_ACQUIRE) == STATE_READY) {
        memcpy(&area->header, base, sizeof area->header);
        return true;
    }
    munmap(area->base, area->size);
    area->base = NULL;
    return false;
}

static bool area_attach(struct relay *relay, struct area *area, uint64_t channel_bytes)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    while (!area_try(area)) {
        if (clock_ns() >= relay->deadline_ns)
            return failed(relay, "shm_open", area->name, ETIMEDOUT);
        nanosleep(&pause, NULL);
    }
    const char *rule = header_check(&area->header, area->size, channel_bytes);
    return rule == NULL || failed(relay, rule, area->name, EBADMSG);
}

static void area_close(struct area *area)
{
    if (area->base != NULL)
        munmap(area->base, area->size);
    if (area->created)
        shm_unlink(area->name);
    area->base = NULL;
    area->created = false;
}

// ---- links ----

static bool is_wire(const char *spec)
{
    return strncmp(spec, "unix-whole:", 11) == 0 || strncmp(spec, "tcp-whole:", 10) == 0;
}

static bool is_tcp(const char *spec)
{
    return strncmp(spec, "tcp", 3) == 0;
}

static void link_plan(const struct relay *relay, struct link *link, bool sends, const char *spec,
                      const char *name)
{
    link->is_wire = is_wire(spec);
    link->peer =
        (struct peer){.id = "chain", .role = sends ? ROLE_WRITER : ROLE_READER, .api = &posix_segment};
    link->run.peer = &link->peer;
    link->run.deadline_ns = relay->deadline_ns;
    link->run.options.channel = spec;
    link->run.options.mode = 0600;
    link->run.segment.fd = link->run.segment.id = -1;
    link->area.name = name;
}

static void link_join(struct link *link)
{
    link->run.segment.base = link->area.base;
    link->run.header = link->area.header;
    channel_begin(&link->run);
    link->open = true;
}

// The sending side makes everything, so that the receiving one finds it.
static bool link_create(struct relay *relay, struct link *link)
{
    const char *spec = link->run.options.channel;
    if (link->is_wire)
        return wire_listen(&link->wire, strchr(spec, ':') + 1, is_tcp(spec)) ||
               failed(relay, "listen", spec, errno);
    if (!area_create(relay, &link->area, 0, channel_block_bytes(spec)))
        return false;
    link_join(link);
    if (!link->run.channel.api->create(&link->run.channel))
        return failed_in(relay, link);
    area_ready(&link->area);
    return true;
}

static bool link_open(struct relay *relay, struct link *link)
{
    const char *spec = link->run.options.channel;
    const bool sends = link->peer.role == ROLE_WRITER;
    if (link->is_wire)
        return (sends ? wire_accept(&link->wire, relay->deadline_ns)
                      : wire_connect(&link->wire, strchr(spec, ':') + 1, is_tcp(spec), relay->deadline_ns)) ||
               failed(relay, sends ? "accept" : "connect", spec, errno);
    if (!sends) {
        if (!area_attach(relay, &link->area, channel_block_bytes(spec)))
            return false;
        link_join(link);
    }
    return link->run.channel.api->open(&link->run.channel) || failed_in(relay, link);
}

static void link_close(struct link *link)
{
    wire_close(&link->wire);
    if (link->open)
        link->run.channel.api->close(&link->run.channel);
    link->open = false;
    area_close(&link->area);
}

// ---- messages ----

static bool send_message(struct relay *relay, const struct descriptor *descriptor)
{
    struct link *link = &relay->out;
    if (!link->is_wire)
        return link->run.channel.api->send(&link->run.channel, descriptor) || failed_in(relay, link);
    return (wire_send(&link->wire, descriptor, sizeof *descriptor) &&
            wire_send(&link->wire, relay->bytes, relay->size)) ||
           failed(relay, "send", link->run.options.channel, errno);
}

static bool receive_message(struct relay *relay, struct descriptor *descriptor)
{
    struct link *link = &relay->in;
    if (!link->is_wire)
        return link->run.channel.api->receive(&link->run.channel, descriptor, relay->deadline_ns) ||
               failed_in(relay, link);
    return (wire_receive(&link->wire, descriptor, sizeof *descriptor) &&
            wire_receive(&link->wire, relay->bytes, relay->size)) ||
           failed(relay, "recv", link->run.options.channel, errno);
}

static uint64_t *last_stamp(const struct relay *relay)
{
    return (uint64_t *)(relay->bytes + relay->size - sizeof(uint64_t));
}

static struct stamps *first_stamps(const struct relay *relay)
{
    return (struct stamps *)relay->bytes;
}

// The message is the one that is due, and the payload that is seen here is its own.
static bool check_message(struct relay *relay, const struct descriptor *descriptor, uint64_t seq)
{
    const bool whole = relay->in.is_wire;
    const uint64_t offset = whole ? 0 : header_slot_offset(&relay->payload.header, 1);
    if (descriptor->seq != seq || descriptor->length != relay->size || descriptor->offset != offset ||
        (!whole && descriptor->generation != relay->payload.header.generation))
        return failed(relay, "descriptor", relay->in.run.options.channel, EBADMSG);
    if (first_stamps(relay)->seq != seq || *last_stamp(relay) != seq)
        return failed(relay, "payload", relay->in.run.options.channel, EBADMSG);
    return true;
}

static void begin_measuring(struct relay *relay)
{
    getrusage(RUSAGE_SELF, &relay->begun);
    relay->begun_ns = clock_ns();
}

static void end_measuring(struct relay *relay)
{
    relay->ended_ns = clock_ns();
    getrusage(RUSAGE_SELF, &relay->ended);
}

static bool relay_messages(struct relay *relay)
{
    for (uint64_t index = 0; index < relay->warmup + relay->count; index++) {
        struct descriptor descriptor;
        if (index == relay->warmup)
            begin_measuring(relay);
        if (!receive_message(relay, &descriptor) || !check_message(relay, &descriptor, index + 1))
            return false;
        first_stamps(relay)->hops++;
        if (!send_message(relay, &descriptor))
            return false;
    }
    end_measuring(relay);
    return true;
}

// Sleeps: what CPU is used between messages is to be the channels'.
static void await_due(const struct relay *relay, uint64_t index)
{
    const int64_t due_ns = relay->begun_ns + (int64_t)((index - relay->warmup) * NS_PER_SECOND / relay->rate);
    const struct timespec due = timespec_of(due_ns);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        continue;
}

static bool lead_messages(struct relay *relay)
{
    uint64_t hops = 0;
    for (uint64_t index = 0; index < relay->warmup + relay->count; index++) {
        const uint64_t seq = index + 1;
        if (index == relay->warmup)
            begin_measuring(relay);
        if (relay->rate > 0 && index >= relay->warmup)
            await_due(relay, index);
        *first_stamps(relay) = (struct stamps){.seq = seq};
        *last_stamp(relay) = seq;
        struct descriptor descriptor = {
            .seq = seq,
            .offset = relay->out.is_wire ? 0 : header_slot_offset(&relay->payload.header, 1),
            .length = relay->size,
            .generation = relay->payload.header.generation,
            .sent_ns = clock_ns(),
        };
        const int64_t sent_ns = descriptor.sent_ns;
        if (!send_message(relay, &descriptor) || !receive_message(relay, &descriptor))
            return false;
        if (index >= relay->warmup)
            relay->samples_ns[index - relay->warmup] = clock_ns() - sent_ns;
        if (!check_message(relay, &descriptor, seq))
            return false;
        hops = index == 0 ? first_stamps(relay)->hops : hops;
        if (first_stamps(relay)->hops != hops)
            return failed(relay, "hops", relay->in.run.options.channel, EBADMSG);
    }
    end_measuring(relay);
    return true;
}

// ---- a request ----

static bool prepare_payload(struct relay *relay)
{
    if (relay->out.is_wire) {
        relay->bytes = malloc(relay->size);
        if (relay->bytes == NULL)
            return failed(relay, "malloc", "payload", ENOMEM);
    } else {
        if (relay->lead ? !area_create(relay, &relay->payload, relay->size, 0)
                        : !area_attach(relay, &relay->payload, 0))
            return false;
        if (relay->size > relay->payload.header.slot_size)
            return failed(relay, "size", relay->payload.name, EMSGSIZE);
        relay->bytes = relay->payload.base + header_slot_offset(&relay->payload.header, 1);
    }
    if (relay->lead || relay->out.is_wire)
        memset(relay->bytes, 'p', relay->size); // touched
    if (relay->lead && !relay->out.is_wire)
        area_ready(&relay->payload);
    return true;
}

// A channel may shake hands when it is opened: the lead begins with the next process, the others with the one
// before.
static bool open_links(struct relay *relay)
{
    if (!link_create(relay, &relay->out))
        return false;
    return relay->lead ? link_open(relay, &relay->out) && link_open(relay, &relay->in)
                       : link_open(relay, &relay->in) && link_open(relay, &relay->out);
}

static bool run_relay(struct relay *relay)
{
    relay->samples_ns = calloc(relay->count, sizeof *relay->samples_ns);
    if (relay->samples_ns == NULL)
        return failed(relay, "malloc", "samples", ENOMEM);
    return prepare_payload(relay) && open_links(relay) &&
           (relay->lead ? lead_messages(relay) : relay_messages(relay));
}

static int64_t cpu_ns(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NS_PER_SECOND +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000;
}

static void answer(const struct relay *relay)
{
    if (relay->error[0] != '\0') {
        answer_usage(relay->error);
        return;
    }
    answer_begin();
    if (relay->lead) {
        answer_object_begin("samplesNs");
        answer_numbers("loop", relay->samples_ns, relay->count);
        answer_object_end();
        answer_number("hops", (int64_t)first_stamps(relay)->hops);
    }
    answer_number("operations", (int64_t)relay->count);
    answer_number("cpuNs", cpu_ns(&relay->ended) - cpu_ns(&relay->begun));
    answer_number("elapsedNs", relay->ended_ns - relay->begun_ns);
    answer_end();
}

// What this machine lacks for a SPEC; NULL if nothing.
static const char *missing(const char *spec)
{
    const char *address;
    if (is_wire(spec))
        return NULL;
    const struct channel_api *api = channel_find(spec, &address);
    return api == NULL ? "no such channel" : api->missing == NULL ? NULL : api->missing();
}

static struct relay relay;

// Not before all processes have their messages: what is closed may take some with it.
static void close_all(void)
{
    link_close(&relay.in);
    link_close(&relay.out);
    if (relay.out.is_wire)
        free(relay.bytes);
    relay.bytes = NULL;
    area_close(&relay.payload);
    free(relay.samples_ns);
    relay.samples_ns = NULL;
    for (int i = 0; i < WORDS; i++) {
        free(relay.words[i]);
        relay.words[i] = NULL;
    }
}

static bool copy_words(char *const *from)
{
    for (int i = 0; i < WORDS; i++) {
        relay.words[i] = strdup(from[i]);
        if (relay.words[i] == NULL)
            return failed(&relay, "malloc", "request", ENOMEM);
    }
    return true;
}

static void serve_request(char *const *request_words)
{
    close_all();
    memset(&relay, 0, sizeof relay);
    relay.in.wire = relay.out.wire = (struct wire){.listener = -1, .fd = -1};
    if (!copy_words(request_words)) {
        answer_usage(relay.error);
        return;
    }
    char *const *words = relay.words;
    relay.lead = strcmp(words[0], "lead") == 0;
    relay.size = (uint64_t)positive_number(words[1]);
    relay.warmup = (uint64_t)positive_number(words[2]);
    relay.count = (uint64_t)positive_number(words[3]);
    relay.rate = (uint64_t)positive_number(words[4]); // 0: none
    relay.deadline_ns = clock_ns() + positive_number(words[5]) * NS_PER_MS;
    relay.payload.name = words[6];
    link_plan(&relay, &relay.in, false, words[7], words[8]);
    link_plan(&relay, &relay.out, true, words[9], words[10]);
    if (relay.size < sizeof(struct stamps) + sizeof(uint64_t) || relay.size % 8 != 0 || relay.count == 0) {
        answer_usage("size: a multiple of 8 from 24 on; count: 1 or more");
        return;
    }
    const char *reason = missing(words[9]);
    if (reason != NULL) {
        answer_unsupported(reason);
        return;
    }
    run_relay(&relay);
    answer(&relay);
}

int main(void)
{
    struct request request;
    prepare_signals();
    relay.in.wire = relay.out.wire = (struct wire){.listener = -1, .fd = -1};
    while (next_request(&request)) {
        if (request.count == WORDS) {
            serve_request(request.words);
        } else if (strcmp(request.words[0], "close") == 0) {
            close_all();
            answer_begin();
            answer_end();
        } else {
            answer_usage("lead|relay SIZE WARMUP COUNT RATE DEADLINE-MS PAYLOAD IN-SPEC IN-NAME OUT-SPEC "
                         "OUT-NAME; or close");
        }
    }
    close_all();
    return 0;
}
