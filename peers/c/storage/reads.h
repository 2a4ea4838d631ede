// SPDX-License-Identifier: Apache-2.0
// The two reads of the original experiment. The programs shm_read and file_read do them once a process;
// spawn_loop does the very same code in a loop within one process, for comparison.
#ifndef SHMBED_STORAGE_READS_H
#define SHMBED_STORAGE_READS_H

#include <stdio.h>

#define OS_SIZE_BYTES 4096

// Both print the text up to its NUL, at most OS_SIZE_BYTES, to out and flush it. Return 0, or -1 with errno
// set and *failed_call naming the call.
int read_shm(const char *name, FILE *out, const char **failed_call);
int read_file(const char *path, FILE *out, const char **failed_call);

#endif
