// SPDX-License-Identifier: Apache-2.0
// Files and buffers around an exchange. Sizes are 64-bit; read(2) and write(2) are repeated until everything
// is through.
#include "payload.h"

#include "clock.h"
#include "error.h"
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_BYTES (UINT64_C(1) << 30) // one read(2) or write(2) moves at most 2 GiB

bool payload_grow(struct payload *payload, uint64_t capacity)
{
    if (capacity <= payload->capacity)
        return true;
    unsigned char *bytes = realloc(payload->bytes, capacity);
    if (bytes == NULL)
        return false;
    memset(bytes + payload->capacity, 0, capacity - payload->capacity);
    payload->bytes = bytes;
    payload->capacity = capacity;
    return true;
}

void payload_free(struct payload *payload)
{
    free(payload->bytes);
    *payload = (struct payload){0};
}

// Waits for a pipe, at most until the deadline: until it can be read, or takes more, or the other end closes.
static bool await_pipe(struct run *run, int fd, short events, const char *call, const char *path)
{
    struct pollfd wanted = {.fd = fd, .events = events};
    for (;;) {
        const int64_t left_ns = run->deadline_ns - clock_ns();
        if (left_ns <= 0)
            return fail(run, call, path, ETIMEDOUT);
        const int ready = poll(&wanted, 1, (int)(left_ns / NS_PER_MS) + 1);
        if (ready == 1)
            return true;
        if (ready == -1 && errno != EINTR)
            return fail(run, "poll", path, errno);
    }
}

static bool read_to_end(struct run *run, int fd, const char *path, uint64_t limit)
{
    struct payload *payload = &run->payload;
    for (;;) {
        if (payload->length > limit)
            return fail_because(run, layout_rule(run), path, EMSGSIZE,
                                "more than the %llu bytes that fit: raise --segment-size",
                                (unsigned long long)limit);
        if (payload->length == payload->capacity && !payload_grow(payload, 2 * payload->capacity))
            return fail(run, "malloc", path, ENOMEM);
        uint64_t room = payload->capacity - payload->length;
        ssize_t got;
        RETRY_INTERRUPTED(run, got,
                          read(fd, payload->bytes + payload->length, room < STEP_BYTES ? room : STEP_BYTES));
        if (got == -1 && errno == EAGAIN) { // a pipe that is still being filled
            if (!await_pipe(run, fd, POLLIN, "read", path))
                return false;
            continue;
        }
        if (got == -1)
            return fail(run, "read", path, errno);
        if (got == 0)
            return true;
        payload->length += (uint64_t)got;
    }
}

bool payload_load(struct run *run, const char *path, uint64_t limit)
{
    int fd;
    RETRY_INTERRUPTED(run, fd,
                      open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // O_NONBLOCK: a FIFO must not hang us
    if (fd == -1)
        return fail(run, "open", path, errno);
    struct stat status;
    bool done = fstat(fd, &status) == 0 || fail(run, "fstat", path, errno);
    uint64_t expected = done && status.st_size > 0 ? (uint64_t)status.st_size : 4096;
    if (done && expected > limit)
        expected = limit; // a file that is too long is read only as far as that shows
    done = done && (payload_grow(&run->payload, expected + 2) || fail(run, "malloc", path, ENOMEM));
    // Of a FIFO that nobody has opened yet to write into it, read would return 0.
    done = done && (!S_ISFIFO(status.st_mode) || await_pipe(run, fd, POLLIN, "read", path));
    done = done && read_to_end(run, fd, path, limit);
    close(fd);
    return done;
}

// O_NONBLOCK: a FIFO that nobody reads must not hang us; it is ENXIO.
#define FILE_FLAGS (O_WRONLY | O_CLOEXEC | O_NONBLOCK)

static bool open_new(struct run *run, const char *path, int *fd)
{
    if (path == NULL)
        return true;
    undo_hold();
    *fd = open(path, FILE_FLAGS | O_CREAT | O_EXCL, 0600);
    int number = errno;
    if (*fd != -1)
        undo_add(UNDO_FILE, path, -1);
    undo_release();
    if (*fd == -1 && number == EEXIST) {
        *fd = open(path, FILE_FLAGS | O_TRUNC);
        number = errno;
    }
    return *fd != -1 || fail(run, "open", path, number);
}

bool out_open(struct run *run)
{
    return open_new(run, run->options.out, &run->out) && open_new(run, run->options.values, &run->values);
}

static bool write_all(struct run *run, int fd, const char *path, const unsigned char *bytes, uint64_t length)
{
    while (length > 0) {
        ssize_t put;
        RETRY_INTERRUPTED(run, put, write(fd, bytes, length < STEP_BYTES ? length : STEP_BYTES));
        if (put == -1 && errno == EAGAIN) { // a pipe that is full
            if (!await_pipe(run, fd, POLLOUT, "write", path))
                return false;
            continue;
        }
        if (put == -1)
            return fail(run, "write", path, errno);
        bytes += put;
        length -= (uint64_t)put;
    }
    return true;
}

bool file_append(struct run *run, int fd, const char *path, const void *bytes, uint64_t length)
{
    return fd == -1 || write_all(run, fd, path, bytes, length);
}

static bool close_file(struct run *run, const char *path, int *fd)
{
    if (*fd == -1)
        return true;
    int result = close(*fd);
    *fd = -1;
    return result == 0 || fail(run, "close", path, errno);
}

bool out_close(struct run *run)
{
    const bool closed = close_file(run, run->options.out, &run->out);
    return close_file(run, run->options.values, &run->values) && closed;
}

bool file_write(struct run *run, const char *path, const void *bytes, uint64_t length)
{
    int fd = open(path, FILE_FLAGS | O_CREAT | O_TRUNC, 0600);
    if (fd == -1)
        return fail(run, "open", path, errno);
    bool written = write_all(run, fd, path, bytes, length);
    return (close(fd) == 0 || fail(run, "close", path, errno)) && written;
}
