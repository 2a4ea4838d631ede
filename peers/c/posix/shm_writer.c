// SPDX-License-Identifier: Apache-2.0
// Creates a POSIX segment and writes a message into it: ./shm_writer.exe 1000B
#include "../common/peer.h"
#include "segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-posix",
        .role = ROLE_WRITER,
        .api = &posix_segment,
        .layout = LAYOUT_CLASSIC,
        .layouts = posix_layouts,
    };
    return peer_main(&peer, argc, argv);
}
