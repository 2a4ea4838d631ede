// SPDX-License-Identifier: Apache-2.0
// Writer: create, size, reserve, attach, write, detach. Reader: attach, read, detach, remove.
#include "classic.h"

#include "clock.h"
#include "error.h"
#include "guard.h"
#include "sha256.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char os_text[] = "This is POSIX shared memory IPC.\n";
#define OS_FIRST_PART 14                  // bytes of "This is POSIX "
#define FIRST_PIECE_BYTES UINT64_C(65536) // the reader's buffer, doubled as often as the text asks for it

static bool load_text(struct run *run);
static uint64_t first_part(const struct run *run);
static bool write_text(struct run *run);
static bool has_bytes(struct run *run);
static bool read_text(struct run *run);
static bool save_text(struct run *run);
static bool show_text(struct run *run);
static bool leave(struct run *run);
static bool digest_text(struct run *run);

// clang-format off
bool classic_write(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        load_text,
        segment->create,
        segment->size,
        segment->reserve,
        segment->attach,
        write_text,
        segment->detach,
        digest_text,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}

bool classic_read(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        out_open,
        segment->find,
        has_bytes,
        segment->attach,
        read_text,
        save_text,
        show_text,
        segment->detach,
        segment->reader_removes ? segment->remove : leave, // only now: the text is safe
        digest_text,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}
// clang-format on

// The text and its NUL, in memory: from --payload, from MSG_SIZE, or the fixed one of the `os` layout.
static bool load_text(struct run *run)
{
    const struct options *options = &run->options;
    struct payload *payload = &run->payload;
    if (options->payload != NULL) {
        if (!payload_load(run, options->payload, options->segment_size - 1))
            return false;
        if (memchr(payload->bytes, '\0', payload->length) != NULL)
            return fail_because(run, "classic", options->payload, EINVAL,
                                "the payload holds a NUL, which would end the text: use --layout framed");
    } else {
        uint64_t length = options->layout == LAYOUT_OS ? sizeof os_text - 1 : options->message_text_size - 1;
        if (length >= options->segment_size)
            return fail_because(run, "classic", "text", EMSGSIZE,
                                "%" PRIu64 " bytes and a NUL do not fit: raise --segment-size", length);
        if (!payload_grow(payload, length + 1))
            return fail(run, "malloc", "text", ENOMEM);
        if (options->layout == LAYOUT_OS)
            memcpy(payload->bytes, os_text, length);
        else
            memset(payload->bytes, 'a', length);
        payload->length = length;
    }
    payload->bytes[payload->length] = '\0';
    run->segment.wanted = payload->length + 1;
    return true;
}

// Where the `os` layout splits its text; the whole text for `classic`.
static uint64_t first_part(const struct run *run)
{
    if (run->options.layout != LAYOUT_OS)
        return run->payload.length + 1;
    return run->options.payload != NULL ? run->payload.length / 2 : OS_FIRST_PART;
}

static bool has_bytes(struct run *run)
{
    return run->segment.size > 0 ||
           fail_because(run, "classic", run->segment.object, EBADMSG,
                        "the segment has no bytes yet: start the reader when the writer is done");
}

struct copy {
    struct run *run;
    uint64_t split; // writer: bytes of the first part
    bool ended;     // reader: the NUL was found
    int64_t ns;
};

static void copy_in(void *context)
{
    struct copy *copy = context;
    unsigned char *base = copy->run->segment.base;
    const struct payload *text = &copy->run->payload;
    int64_t begun = clock_ns();
    memcpy(base, text->bytes, copy->split);
    memcpy(base + copy->split, text->bytes + copy->split, text->length + 1 - copy->split);
    copy->ns = clock_ns() - begun;
}

static bool write_text(struct run *run)
{
    struct copy copy = {.run = run, .split = first_part(run)};
    if (run->lines != NULL)
        fprintf(run->lines, "Writing to shmem: %s%s, msg length=%" PRIu64 "\n", run->peer->api->prefix,
                run->segment.object, run->payload.length);
    run->stage = STAGE_WRITE;
    if (!guard_run(copy_in, &copy))
        return fail_because(run, "write shared memory", run->segment.object, EFAULT,
                            "SIGBUS: the segment was truncated, or no memory is left for it");
    stage_add(run, STAGE_WRITE, "write shared memory", copy.ns);
    return true;
}

// Copies piece by piece; the buffer grows between the pieces, outside the measured time. Stops when memory
// runs out.
static void copy_out(void *context)
{
    struct copy *copy = context;
    const struct segment *segment = &copy->run->segment;
    struct payload *text = &copy->run->payload;
    uint64_t piece_end = FIRST_PIECE_BYTES;
    while (!copy->ended && text->length < segment->size) {
        if (piece_end > segment->size)
            piece_end = segment->size;
        if (!payload_grow(text, piece_end))
            return;
        int64_t begun = clock_ns();
        const unsigned char *after_nul =
            memccpy(text->bytes + text->length, segment->base + text->length, '\0', piece_end - text->length);
        copy->ns += clock_ns() - begun;
        copy->ended = after_nul != NULL;
        text->length = copy->ended ? (uint64_t)(after_nul - text->bytes) - 1 : piece_end;
        piece_end *= 2;
    }
}

static bool read_text(struct run *run)
{
    struct copy copy = {.run = run};
    run->stage = STAGE_READ;
    if (!guard_run(copy_out, &copy))
        return fail_because(run, "read shared memory", run->segment.object, EFAULT,
                            "SIGBUS: the segment was truncated while it was read");
    if (!copy.ended && run->payload.length < run->segment.size)
        return fail(run, "malloc", run->segment.object, ENOMEM);
    if (!copy.ended)
        return fail_because(run, "classic", run->segment.object, EBADMSG,
                            "no NUL in all of its %" PRIu64 " bytes: not a text of this layout",
                            run->segment.size);
    if (run->lines != NULL)
        fprintf(run->lines, "Reading from shmem: %s%s, msg length=%" PRIu64 "\n", run->peer->api->prefix,
                run->segment.object, run->payload.length);
    stage_add(run, STAGE_READ, "read shared memory", copy.ns);
    return true;
}

static bool save_text(struct run *run)
{
    return file_append(run, run->out, run->options.out, run->payload.bytes, run->payload.length) &&
           out_close(run);
}

// The `os` reader's stdout is the text and nothing else.
static bool show_text(struct run *run)
{
    if (run->options.layout != LAYOUT_OS || run->lines == NULL)
        return true;
    fwrite(run->payload.bytes, 1, run->payload.length, stdout);
    return fflush(stdout) == 0 || fail(run, "write", "stdout", errno);
}

// System V: the cleaner removes.
static bool leave(struct run *run)
{
    (void)run;
    return true;
}

static bool digest_text(struct run *run)
{
    struct sha256 sha256;
    bool done = sha256_begin(&sha256) && sha256_add(&sha256, run->payload.bytes, run->payload.length) &&
                sha256_end(&sha256, run->sha256);
    sha256_free(&sha256);
    if (!done)
        return fail(run, "EVP_Digest", "SHA-256", ENOMEM);
    run->exchanged_bytes = run->payload.length;
    run->payload_known = true;
    if (run->lines != NULL)
        fprintf(run->lines, "msg sha256=%s\n", run->sha256);
    return true;
}
