// SPDX-License-Identifier: Apache-2.0
// The list of codecs; a new one joins here.
#include "codec.h"

#include <stdio.h>
#include <string.h>

static const struct codec *const codecs[] = {&raw_codec,  &struct_codec,   &json_codec,       &msgpack_codec,
                                             &cbor_codec, &protobuf_codec, &flatbuffers_codec};

#define CODEC_COUNT (sizeof codecs / sizeof codecs[0])

#ifndef HAVE_FLATBUFFERS // else it is in flatbuffers.cc
const struct codec flatbuffers_codec = {
    .name = "flatbuffers",
    .missing = BUILT_WITHOUT("FlatBuffers", "g++ libflatbuffers-dev flatbuffers-compiler")};
#endif

const char no_room[] = "the encoded message is larger than its slot";
const char no_memory[] = "the library has no memory";

const struct codec *codec_find(const char *name)
{
    for (size_t i = 0; i < CODEC_COUNT; i++)
        if (strcmp(name, codecs[i]->name) == 0)
            return codecs[i];
    return NULL;
}

const char *codec_names(void)
{
    static char names[200];
    names[0] = '\0';
    for (size_t i = 0; i < CODEC_COUNT; i++) {
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s", i == 0 ? "" : ", ", codecs[i]->name);
    }
    return names;
}
