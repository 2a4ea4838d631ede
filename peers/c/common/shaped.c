// SPDX-License-Identifier: Apache-2.0
// Values in, messages out, and back. No allocation of our own inside encode and decode; what the codec's
// library allocates is its price.
#include "shaped.h"

#include "crc32c.h"
#include "error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool fail_codec(struct run *run, int number, const char *why)
{
    if (run->error.call == NULL && number == EBADMSG)
        run->error.name = "DECODE";
    return fail_because(run, "codec", run->options.codec->name, number, "%s: %s",
                        shape_names[run->options.shape], why);
}

// ---- writer ----

// A message is never larger than that: 64-bit numbers and escapes as JSON text included.
static uint64_t room_for(enum shape shape)
{
    return 4 * shape_image_bytes(shape) + 1024;
}

bool shaped_encode(struct run *run, uint64_t index, unsigned char *slot, uint64_t slot_size,
                   struct room *room)
{
    const struct shaped *shaped = &run->shaped;
    *room = slot != NULL ? (struct room){.bytes = slot, .capacity = slot_size}
                         : (struct room){.bytes = shaped->room.bytes, .capacity = shaped->room.capacity};
    const char *why = run->options.codec->encode(&shaped->sent[index % run->distinct], room);
    return why == NULL || fail_codec(run, why == no_memory ? ENOMEM : EMSGSIZE, why);
}

static bool load_piece(struct run *run, uint64_t index)
{
    const uint64_t image_bytes = shape_image_bytes(run->options.shape);
    struct room room;
    const char *why = values_of_image(&run->shaped.sent[index], run->options.shape,
                                      run->payload.bytes + index * image_bytes);
    if (why != NULL)
        return fail_because(run, "codec", run->options.payload, EINVAL, "%s", why);
    if (!shaped_encode(run, index, NULL, 0, &room))
        return false;
    unsigned char *copy = malloc(room.length);
    if (copy == NULL)
        return fail(run, "malloc", "messages", ENOMEM);
    memcpy(copy, room.bytes + room.begin, room.length);
    run->pieces[index] = (struct piece){.bytes = copy, .length = room.length};
    return true;
}

bool shaped_load(struct run *run)
{
    run->shaped.sent = calloc(run->distinct, sizeof *run->shaped.sent);
    if (run->shaped.sent == NULL || !payload_grow(&run->shaped.room, room_for(run->options.shape)))
        return fail(run, "malloc", "values", ENOMEM);
    for (uint64_t i = 0; i < run->distinct; i++)
        if (!load_piece(run, i))
            return false;
    return true;
}

static bool digest_values(struct run *run, const struct values *values)
{
    struct part parts[2];
    const int count = values_image(values, parts);
    for (int i = 0; i < count; i++) {
        run->shaped.length += parts[i].length;
        if (run->options.verify && !sha256_add(&run->shaped.digest, parts[i].bytes, parts[i].length))
            return fail(run, "EVP_Digest", "SHA-256", ENOMEM);
    }
    return true;
}

static bool begin_digest(struct run *run)
{
    return !run->options.verify || sha256_begin(&run->shaped.digest) ||
           fail(run, "EVP_Digest", "SHA-256", ENOMEM);
}

bool shaped_finish(struct run *run)
{
    run->shaped.known = !run->options.verify || sha256_end(&run->shaped.digest, run->shaped.sha256);
    return run->shaped.known || fail(run, "EVP_Digest", "SHA-256", ENOMEM);
}

bool shaped_digest(struct run *run)
{
    if (!begin_digest(run))
        return false;
    for (uint64_t i = 0; i < run->options.warmup + run->options.count; i++)
        if (!digest_values(run, &run->shaped.sent[i % run->distinct]))
            return false;
    return shaped_finish(run);
}

// ---- reader ----

bool shaped_prepare(struct run *run)
{
    struct shaped *shaped = &run->shaped;
    if (!values_new(&shaped->values, run->options.shape))
        return fail(run, "malloc", "values", ENOMEM);
    if (run->options.shape == SHAPE_TENSOR) {
        shaped->decoding.data = malloc(DECODING_DATA_BYTES);
        if (shaped->decoding.data == NULL)
            return fail(run, "malloc", "values", ENOMEM);
        explicit_bzero(shaped->decoding.data, DECODING_DATA_BYTES); // touches the pages
    }
    return begin_digest(run);
}

bool shaped_copies(const struct run *run)
{
    return run->options.codec->copies_records && run->options.shape != SHAPE_TENSOR;
}

bool shaped_decode(struct run *run, const unsigned char *bytes, uint64_t length)
{
    struct shaped *shaped = &run->shaped;
    const char *why = run->options.codec->decode(bytes, length, &shaped->values, &shaped->decoding);
    return why == NULL || fail_codec(run, why == no_memory ? ENOMEM : EBADMSG, why);
}

bool shaped_keep(struct run *run)
{
    struct shaped *shaped = &run->shaped;
    struct part parts[2];
    const int count = values_image(&shaped->values, parts);
    bool kept = digest_values(run, &shaped->values);
    for (int i = 0; kept && i < count; i++)
        kept = file_append(run, run->values, run->options.values, parts[i].bytes, parts[i].length);
    if (run->options.codec->release != NULL)
        run->options.codec->release(&shaped->decoding);
    return kept;
}

void shaped_free(struct run *run)
{
    struct shaped *shaped = &run->shaped;
    if (run->options.codec->release != NULL) // of a message that was not kept
        run->options.codec->release(&shaped->decoding);
    free(shaped->sent);
    payload_free(&shaped->room);
    values_free(&shaped->values);
    free(shaped->decoding.data);
    sha256_free(&shaped->digest);
    *shaped = (struct shaped){0};
}
