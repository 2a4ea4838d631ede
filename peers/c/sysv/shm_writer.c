// SPDX-License-Identifier: Apache-2.0
// Creates a System V segment and writes a message into it: ./shm_writer.exe 1000B
#include "../common/peer.h"
#include "segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-sysv",
        .role = ROLE_WRITER,
        .api = &sysv_segment,
        .layout = LAYOUT_CLASSIC,
        .layouts = sysv_layouts,
    };
    return peer_main(&peer, argc, argv);
}
