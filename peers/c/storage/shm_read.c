// SPDX-License-Identifier: Apache-2.0
// shm_read NAME: prints the text in a POSIX shared memory object, `shm_read OS`. The reader of the original
// experiment.
#include "reads.h"
#include "stamps.h"

#include <errno.h>
#include <string.h>

int main(int argc, char **argv)
{
    stamp_main();
    if (argc != 2) {
        fprintf(stderr, "usage: shm_read NAME\n");
        return 64;
    }
    const char *failed_call;
    if (read_shm(argv[1], stdout, &failed_call) != 0) {
        fprintf(stderr, "shm_read: %s %s: %s\n", failed_call, argv[1], strerror(errno));
        return 1;
    }
    stamp_end();
    return 0;
}
