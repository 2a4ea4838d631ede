// SPDX-License-Identifier: Apache-2.0
// Builds the result object with jansson. A text that is not UTF-8 (a name may hold any byte) gets U+FFFD for
// each wrong byte.
#include "result.h"

#include "clock.h"
#include "error.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *text(const char *bytes)
{
    json_t *value = json_string(bytes);
    if (value != NULL)
        return value;
    char clean[3 * 1024 + 1];
    size_t length = 0;
    for (const char *at = bytes; *at != '\0' && length + 4 < sizeof clean; at++) {
        if ((unsigned char)*at < 0x80) {
            clean[length++] = *at;
        } else {
            memcpy(clean + length, "\xef\xbf\xbd", 3);
            length += 3;
        }
    }
    clean[length] = '\0';
    return json_string(clean);
}

static json_t *text_or_null(const char *bytes)
{
    return bytes != NULL ? text(bytes) : json_null();
}

static json_t *integer(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *case_object(const struct run *run)
{
    const struct options *options = &run->options;
    bool sysv = strcmp(run->peer->api->family, "sysv") == 0;
    uint32_t key = options->key != 0 ? options->key : run->segment.key;
    char mode[8];
    json_t *object = json_object();
    json_object_set_new(object, "layout", text(options->layout_text));
    json_object_set_new(object, "name", sysv ? json_null() : text(options->name));
    json_object_set_new(object, "key", sysv && key != 0 ? integer(key) : json_null());
    json_object_set_new(object, "segmentSize", integer(options->segment_size));
    snprintf(mode, sizeof mode, "%04o", (unsigned)options->mode & 0777);
    json_object_set_new(object, "mode", text(mode));
    json_object_set_new(object, "channel", text_or_null(options->channel));
    json_object_set_new(object, "codec", text(options->codec->name));
    if (options->shape != SHAPE_NONE)
        json_object_set_new(object, "shape", text(shape_names[options->shape]));
    json_object_set_new(object, "count", integer(options->count));
    json_object_set_new(object, "warmup", integer(options->warmup));
    if (options->layout == LAYOUT_FRAMED) {
        if (options->shape == SHAPE_NONE)
            json_object_set_new(object, "messageSize", integer(options->message_size));
        json_object_set_new(object, "window", integer(options->window));
    }
    return object;
}

static json_t *stages_object(const struct run *run)
{
    json_t *object = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (run->stage_happened[stage])
            json_object_set_new(object, stage_names[stage], json_integer(run->stage_ns[stage]));
        else if (run->ledger.measured[stage])
            json_object_set_new(object, stage_names[stage],
                                json_integer(ledger_typical(&run->ledger, (enum stage)stage)));
    }
    return object;
}

static json_t *histograms_object(const struct ledger *ledger)
{
    json_t *object = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (!ledger->measured[stage])
            continue;
        char *encoded = histogram_encode(ledger->histograms[stage]);
        json_object_set_new(object, stage_names[stage], encoded != NULL ? json_string(encoded) : json_null());
        free(encoded);
    }
    return object;
}

static json_t *first_object(const struct ledger *ledger)
{
    json_t *object = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (ledger->has_first[stage])
            json_object_set_new(object, stage_names[stage], json_integer(ledger->first[stage]));
    return object;
}

static int64_t timeval_ns(struct timeval time)
{
    return (int64_t)time.tv_sec * NS_PER_SECOND + (int64_t)time.tv_usec * 1000;
}

static json_t *usage_object(const struct rusage *before, const struct rusage *after)
{
    json_t *object = json_object();
    json_object_set_new(object, "minorFaults", json_integer(after->ru_minflt - before->ru_minflt));
    json_object_set_new(object, "majorFaults", json_integer(after->ru_majflt - before->ru_majflt));
    json_object_set_new(object, "voluntarySwitches", json_integer(after->ru_nvcsw - before->ru_nvcsw));
    json_object_set_new(object, "involuntarySwitches", json_integer(after->ru_nivcsw - before->ru_nivcsw));
    json_object_set_new(object, "userNs",
                        json_integer(timeval_ns(after->ru_utime) - timeval_ns(before->ru_utime)));
    json_object_set_new(object, "systemNs",
                        json_integer(timeval_ns(after->ru_stime) - timeval_ns(before->ru_stime)));
    return object;
}

static json_t *rate_object(const struct pace *pace)
{
    json_t *object = json_object();
    json_object_set_new(object, "wanted", integer(pace->rate));
    if (pace->sent > 1)
        json_object_set_new(object, "achieved", json_real(pace_achieved(pace)));
    json_object_set_new(object, "late", integer(pace->late));
    return object;
}

// The contract's section 8.
static json_t *proof_object(const struct proof *proof)
{
    json_t *object = json_object();
    json_object_set_new(object, "sent", integer(proof->sent));
    json_object_set_new(object, "received", integer(proof->received));
    json_object_set_new(object, "runs", integer(proof->runs));
    json_object_set_new(object, "redirected", integer(proof->redirected));
    json_object_set_new(object, "dropped", integer(proof->dropped));
    json_object_set_new(object, "tcpSegmentsOut", integer(proof->tcp_segments_out));
    json_object_set_new(object, "mostOnTheWay", integer(proof->most_on_the_way));
    return object;
}

// The contract's section 9.
static void set_measurements(const struct run *run, json_t *object)
{
    const struct ledger *ledger = &run->ledger;
    if (run->options.count > 1 || run->options.repeat > 1)
        json_object_set_new(object, "histograms", histograms_object(ledger));
    json_object_set_new(object, "first", first_object(ledger));
    json_object_set_new(object, "usage", usage_object(&ledger->before, &ledger->after));
    json_object_set_new(object, "clockPairNs", json_integer(ledger->clock_pair_ns));
    json_object_set_new(object, "negative", integer(ledger->negative));
    if (run->options.rate > 0)
        json_object_set_new(object, "rate", rate_object(&run->pace));
    if (run->options.layout == LAYOUT_FRAMED && run->peer->role == ROLE_READER && run->options.verify)
        json_object_set_new(object, "crcMismatches", integer(run->crc_mismatches));
    if (run->crc_mismatches > 0)
        json_object_set_new(object, "firstCrcMismatch", integer(run->first_crc_mismatch));
}

static json_t *payload_object(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "length", integer(run->exchanged_bytes));
    if (run->options.verify)
        json_object_set_new(object, "sha256", text(run->sha256));
    return object;
}

// What the values of a shape were, in the same form.
static json_t *values_object(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "length", integer(run->shaped.length));
    if (run->options.verify)
        json_object_set_new(object, "sha256", text(run->shaped.sha256));
    return object;
}

static json_t *error_object(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "call", text(run->error.call));
    json_object_set_new(object, "object", text(run->error.object));
    json_object_set_new(object, "errno", text(errno_name(run->error.number)));
    if (run->error.name != NULL)
        json_object_set_new(object, "name", text(run->error.name));
    if (run->error.number == ETIMEDOUT)
        json_object_set_new(object, "stage", text(stage_names[run->stage]));
    json_object_set_new(object, "message", text(run->error.message));
    return object;
}

char *result_json(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "schema", json_integer(1));
    json_object_set_new(object, "peer", text(run->peer->id));
    json_object_set_new(object, "role", text(role_names[run->peer->role]));
    json_object_set_new(object, "exit", json_integer(run->exit));
    if (run->exit == EXIT_USAGE)
        json_object_set_new(object, "usage", text(run->why));
    else
        json_object_set_new(object, "case", case_object(run));
    if (run->exit == EXIT_UNSUPPORTED)
        json_object_set_new(object, "reason", text(run->why));
    if (run->exit == EXIT_UNSUPPORTED && run->options.lacks != NULL)
        json_object_set_new(object, "lacks", text(run->options.lacks));
    if (run->exit == EXIT_DONE || run->exit == EXIT_FAILED)
        json_object_set_new(object, "stages", stages_object(run));
    if (run->exit == EXIT_DONE && run->payload_known)
        json_object_set_new(object, "payload", payload_object(run));
    if (run->exit == EXIT_DONE && run->shaped.known)
        json_object_set_new(object, "values", values_object(run));
    if (run->measured)
        set_measurements(run, object);
    if (run->measured && run->proof.runs > 0)
        json_object_set_new(object, "proof", proof_object(&run->proof));
    if (run->error.call != NULL)
        json_object_set_new(object, "error", error_object(run));
    json_object_set_new(object, "pid", json_integer(getpid()));
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return line;
}
