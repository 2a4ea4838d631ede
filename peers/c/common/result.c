// SPDX-License-Identifier: Apache-2.0
// Builds the result object with jansson. A text that is not UTF-8 (a name may hold any byte) gets U+FFFD for
// each wrong byte.
#include "result.h"

#include "error.h"

#include <errno.h>
#include <jansson.h>
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
    json_object_set_new(object, "codec", text(options->codec));
    json_object_set_new(object, "count", integer(options->count));
    json_object_set_new(object, "warmup", integer(options->warmup));
    return object;
}

static json_t *stages_object(const struct run *run)
{
    json_t *object = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (run->stage_happened[stage])
            json_object_set_new(object, stage_names[stage], json_integer(run->stage_ns[stage]));
    return object;
}

static json_t *payload_object(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "length", integer(run->payload.length));
    json_object_set_new(object, "sha256", text(run->sha256));
    return object;
}

static json_t *error_object(const struct run *run)
{
    json_t *object = json_object();
    json_object_set_new(object, "call", text(run->error.call));
    json_object_set_new(object, "object", text(run->error.object));
    json_object_set_new(object, "errno", text(errno_name(run->error.number)));
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
    if (run->exit == EXIT_DONE || run->exit == EXIT_FAILED)
        json_object_set_new(object, "stages", stages_object(run));
    if (run->exit == EXIT_DONE && run->payload_known)
        json_object_set_new(object, "payload", payload_object(run));
    if (run->error.call != NULL)
        json_object_set_new(object, "error", error_object(run));
    json_object_set_new(object, "pid", json_integer(getpid()));
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return line;
}
