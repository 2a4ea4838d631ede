// SPDX-License-Identifier: Apache-2.0
// A codec turns values into a message and a message into values (the contract's section 10). One interface,
// one file per codec.
#ifndef SHMBED_CODEC_H
#define SHMBED_CODEC_H

#include "shape.h"

// Where a message is to be written, and where in it the message came to lie.
struct room {
    unsigned char *bytes;
    size_t capacity;
    size_t begin, length;
};

#define DECODING_DATA_BYTES (TENSOR_DATA_BYTES + 4096)

// What one decoding needs besides the values: memory of the codec's own, and of its library.
struct decoding {
    unsigned char *data; // DECODING_DATA_BYTES, for codecs that do not leave the data in the message
    void *library;       // what release gives back
};

struct codec {
    const char *name;
    // What this build of the peer lacks, and how to get it; NULL: nothing.
    const char *missing;
    // encode: writes a message into the room. What went wrong, or NULL.
    const char *(*encode)(const struct values *values, struct room *room);
    // decode: takes a message apart. What is wrong with it, or NULL. The bytes may change meanwhile: nothing
    // that was checked is read again.
    const char *(*decode)(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding);
    // Gives back what decode has left in `library`. NULL: it leaves nothing.
    void (*release)(struct decoding *decoding);
    // The library cannot cope with bytes that change: records are copied out before (stage read).
    bool copies_records;
    // Bytes that encode needs in its room besides the message.
    size_t slack;
};

extern const char no_room[]; // what an encode says that would need more room
extern const char no_memory[];

// The codec of that name. NULL: this peer has none.
const struct codec *codec_find(const char *name);

// All names, with a comma between them.
const char *codec_names(void);

extern const struct codec raw_codec, struct_codec, json_codec, msgpack_codec, cbor_codec, protobuf_codec,
    flatbuffers_codec;

// `missing` of a codec whose library was not there when this program was built.
#define BUILT_WITHOUT(library, packages)                                                                     \
    "this peer was built without " library ": run ./shmbed setup, or apt-get install " packages              \
    " and make -C peers/c"

#endif
