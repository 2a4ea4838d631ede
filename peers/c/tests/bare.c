// SPDX-License-Identifier: Apache-2.0
// Unit test of the codecs in a build without any of their libraries.
#include "check.h"

#include "../common/codec/codec.h"

#include <string.h>

static void a_codec_without_its_library_says_what_to_install(void)
{
    static const struct {
        const char *name, *package;
    } codecs[] = {{"msgpack", "libmsgpack-dev"},
                  {"cbor", "libcbor-dev"},
                  {"protobuf", "libprotobuf-c-dev"},
                  {"flatbuffers", "libflatbuffers-dev"}};
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        const struct codec *codec = codec_find(codecs[i].name);
        CHECK(codec != NULL && codec->missing != NULL);
        CHECK(strstr(codec->missing, codecs[i].package) != NULL);
        CHECK(strstr(codec->missing, "./shmbed setup") != NULL);
    }
}

static void the_others_need_none(void)
{
    CHECK(codec_find("raw")->missing == NULL);
    CHECK(codec_find("struct")->missing == NULL);
    CHECK(codec_find("json")->missing == NULL);
}

int main(void)
{
    RUN(a_codec_without_its_library_says_what_to_install);
    RUN(the_others_need_none);
    puts("unit tests of codecs without libraries: all passed");
    return 0;
}
