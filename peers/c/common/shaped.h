// SPDX-License-Identifier: Apache-2.0
// Messages that are values (--shape): what framed.c needs of a codec, and the reader's record of the values
// that it saw (--values).
#ifndef SHMBED_SHAPED_H
#define SHMBED_SHAPED_H

#include "codec/codec.h"
#include "payload.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>

struct run;

struct shaped {
    struct values *sent;  // writer: the values of each message in the payload file
    struct payload room;  // writer: where a message is encoded that does not go into the segment
    struct values values; // reader
    struct decoding decoding;
    struct sha256 digest; // reader, of the values' images
    uint64_t length;      // of all images
    char sha256[65];
    bool known; // length and digest are those of the whole exchange
};

// Writer, before the exchange: takes the payload file's images as values and encodes each of them once, since
// their sizes and CRCs are needed.
bool shaped_load(struct run *run);
// Writer, stage encode: message `index` (from 0) into `slot`, or, where that is NULL, into memory of its own.
bool shaped_encode(struct run *run, uint64_t index, unsigned char *slot, uint64_t slot_size,
                   struct room *room);
// Writer, after the exchange: the digest of what was sent.
bool shaped_digest(struct run *run);

// Reader, before the exchange.
bool shaped_prepare(struct run *run);
// Reader: whether a message is to be copied out before it is decoded.
bool shaped_copies(const struct run *run);
// Reader, stage decode.
bool shaped_decode(struct run *run, const unsigned char *bytes, uint64_t length);
// Reader, outside the ledger: digest and --values of the message just decoded. Ends with the decoding.
bool shaped_keep(struct run *run);
// Reader, after the exchange.
bool shaped_finish(struct run *run);

void shaped_free(struct run *run);

#endif
