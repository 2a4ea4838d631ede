// SPDX-License-Identifier: Apache-2.0
// Writes the text of the `os` layout into the POSIX segment /OS.
#include "../common/peer.h"
#include "../posix/segment.h"

int main(int argc, char **argv)
{
    const struct peer peer = {
        .id = "c-posix",
        .role = ROLE_WRITER,
        .api = &posix_segment,
        .layout = LAYOUT_OS,
        .layouts = posix_layouts,
    };
    return peer_main(&peer, argc, argv);
}
