// SPDX-License-Identifier: Apache-2.0
// shm_open + mmap against open + read(2), on a text of at most 4096 bytes.
#include "reads.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int print(const char *text, size_t size, FILE *out, const char **failed_call)
{
    size_t length = strnlen(text, size);
    *failed_call = "write";
    return fwrite(text, 1, length, out) == length && fflush(out) == 0 ? 0 : -1;
}

static int print_mapped(int fd, FILE *out, const char **failed_call)
{
    struct stat status;
    *failed_call = "fstat";
    if (fstat(fd, &status) != 0) {
        return -1;
    }
    // Touching a page behind the object's end would be a SIGBUS.
    size_t size = status.st_size < OS_SIZE_BYTES ? (size_t)status.st_size : OS_SIZE_BYTES;
    *failed_call = "mmap";
    void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return -1;
    }
    int done = print(map, size, out, failed_call);
    int number = errno;
    munmap(map, size);
    errno = number;
    return done;
}

static int print_read(int fd, FILE *out, const char **failed_call)
{
    char text[OS_SIZE_BYTES];
    *failed_call = "read";
    ssize_t size = read(fd, text, sizeof text);
    return size < 0 ? -1 : print(text, (size_t)size, out, failed_call);
}

static int closed(int fd, int done)
{
    int number = errno;
    close(fd);
    errno = number;
    return done;
}

int read_shm(const char *name, FILE *out, const char **failed_call)
{
    *failed_call = "shm_open";
    int fd = shm_open(name, O_RDONLY, 0);
    return fd < 0 ? -1 : closed(fd, print_mapped(fd, out, failed_call));
}

int read_file(const char *path, FILE *out, const char **failed_call)
{
    *failed_call = "open";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -1 : closed(fd, print_read(fd, out, failed_call));
}
