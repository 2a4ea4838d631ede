// SPDX-License-Identifier: Apache-2.0
// Removes the System V segment: ./shm_clean.exe
#include "../common/peer.h"
#include "segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-sysv",
        .role = ROLE_CLEANER,
        .api = &sysv_segment,
        .layout = LAYOUT_CLASSIC,
        .layouts = sysv_layouts,
    };
    return peer_main(&peer, argc, argv);
}
