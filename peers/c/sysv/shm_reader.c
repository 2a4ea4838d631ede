// SPDX-License-Identifier: Apache-2.0
// Reads the message in a System V segment: ./shm_reader.exe
#include "../common/peer.h"
#include "segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-sysv",
        .role = ROLE_READER,
        .api = &sysv_segment,
        .layout = LAYOUT_CLASSIC,
        .layouts = sysv_layouts,
    };
    return peer_main(&peer, argc, argv);
}
