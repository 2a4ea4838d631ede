// SPDX-License-Identifier: Apache-2.0
// file_read FILE: prints the text in a file by open and read(2). The other reader of the original experiment.
#include "reads.h"
#include "stamps.h"

#include <errno.h>
#include <string.h>

int main(int argc, char **argv)
{
    stamp_main();
    if (argc != 2) {
        fprintf(stderr, "usage: file_read FILE\n");
        return 64;
    }
    const char *failed_call;
    if (read_file(argv[1], stdout, &failed_call) != 0) {
        fprintf(stderr, "file_read: %s %s: %s\n", failed_call, argv[1], strerror(errno));
        return 1;
    }
    stamp_end();
    return 0;
}
