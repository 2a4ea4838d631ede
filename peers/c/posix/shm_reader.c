// SPDX-License-Identifier: Apache-2.0
// Reads the message in a POSIX segment and removes the segment: ./shm_reader.exe
#include "../common/peer.h"
#include "segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-posix",
        .role = ROLE_READER,
        .api = &posix_segment,
        .layout = LAYOUT_CLASSIC,
        .layouts = posix_layouts,
    };
    return peer_main(&peer, argc, argv);
}
