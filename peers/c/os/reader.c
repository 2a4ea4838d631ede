// SPDX-License-Identifier: Apache-2.0
// Prints the text in the POSIX segment /OS and removes the segment.
#include "../common/peer.h"
#include "../posix/segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-posix",
        .role = ROLE_READER,
        .api = &posix_segment,
        .layout = LAYOUT_OS,
        .layouts = posix_layouts,
    };
    return peer_main(&peer, argc, argv);
}
