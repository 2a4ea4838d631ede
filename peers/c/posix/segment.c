// SPDX-License-Identifier: Apache-2.0
// POSIX shared memory: shm_open(3), ftruncate(2), posix_fallocate(3), mmap(2), shm_unlink(3).
#include "segment.h"

#include "../common/clock.h"
#include "../common/error.h"
#include "../common/undo.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static_assert(sizeof(size_t) == 8 && sizeof(off_t) == 8, "sizes are 64-bit");

// Somebody may have planted a FIFO under the name: opening it must not block.
#define OPEN_FLAGS O_NONBLOCK

static const char *name_of(const struct run *run)
{
    return run->options.name;
}

static void describe(struct run *run)
{
    snprintf(run->segment.object, sizeof run->segment.object, "%s", name_of(run));
}

// The contract's rule for using an object again: this user's, a regular file, and large enough.
static bool may_use_again(struct run *run)
{
    struct stat status;
    if (fstat(run->segment.fd, &status) == -1)
        return fail(run, "fstat", name_of(run), errno);
    if (status.st_uid == geteuid() && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size >= run->options.segment_size)
        return true;
    return fail_because(
        run, "shm_open", name_of(run), EEXIST,
        "already there and not fit to be used again: owner uid %u, %s of %lld bytes, wanted %" PRIu64
        ": ./shmbed clean, or another --name",
        (unsigned)status.st_uid, S_ISREG(status.st_mode) ? "segment" : "not a segment",
        (long long)status.st_size, run->options.segment_size);
}

// Opens exclusively, or else what is there; an object that vanishes in between sends us back to the start.
// *blocked: why what is there could not be opened, or 0.
static int open_either(struct run *run, bool *created, int *blocked)
{
    for (;;) {
        int fd = shm_open(name_of(run), O_CREAT | O_EXCL | O_RDWR | OPEN_FLAGS, run->options.mode);
        *created = fd != -1;
        *blocked = 0;
        if (fd != -1 || errno != EEXIST || run->options.exclusive)
            return fd;
        fd = shm_open(name_of(run), O_RDWR | OPEN_FLAGS, 0);
        if (fd != -1)
            return fd;
        *blocked = errno;
        if (errno != ENOENT || clock_ns() >= run->deadline_ns)
            return -1;
    }
}

static bool posix_create(struct run *run)
{
    struct segment *segment = &run->segment;
    describe(run);
    run->stage = STAGE_CREATE;
    int blocked;
    undo_hold();
    int64_t begun = clock_ns();
    segment->fd = open_either(run, &segment->created, &blocked);
    int64_t ended = clock_ns();
    int number = errno;
    if (segment->created)
        undo_add(UNDO_SHM_NAME, name_of(run), -1);
    undo_release();
    if (segment->fd == -1 && blocked != 0)
        return fail_because(run, "shm_open", name_of(run), EEXIST,
                            "already there and not fit to be used again: opening it fails with %s: ./shmbed "
                            "clean, or another --name",
                            errno_name(blocked));
    if (segment->fd == -1)
        return fail(run, "shm_open", name_of(run), number);
    stage_add(run, STAGE_CREATE, "shm_open", ended - begun);
    segment->size = run->options.segment_size;
    segment->writable = true;
    if (!segment->created)
        return may_use_again(run);
    begun = clock_ns();
    int result = fchmod(segment->fd, run->options.mode); // the umask has taken bits away
    ended = clock_ns();
    if (result == -1)
        return fail(run, "fchmod", name_of(run), errno);
    stage_add(run, STAGE_CREATE, "fchmod", ended - begun);
    return true;
}

static bool posix_size(struct run *run)
{
    if (!run->segment.created)
        return true;
    run->stage = STAGE_SIZE;
    int result;
    int64_t begun = clock_ns();
    RETRY_INTERRUPTED(run, result, ftruncate(run->segment.fd, (off_t)run->segment.size));
    int64_t ended = clock_ns();
    if (result == -1)
        return fail(run, "ftruncate", name_of(run), errno);
    stage_add(run, STAGE_SIZE, "ftruncate", ended - begun);
    return true;
}

// Without it a full /dev/shm would show itself only at the first touch, as SIGBUS.
static bool posix_reserve(struct run *run)
{
    if (!run->options.reserve)
        return true;
    run->stage = STAGE_RESERVE;
    int number;
    int64_t begun = clock_ns();
    do
        number = posix_fallocate(run->segment.fd, 0, (off_t)run->segment.wanted);
    while (number == EINTR && clock_ns() < run->deadline_ns);
    int64_t ended = clock_ns();
    if (number == ENOSPC || number == ENOMEM)
        return fail_because(
            run, "posix_fallocate", name_of(run), number,
            "%" PRIu64 " bytes wanted, /dev/shm has less: free some, or give it more (docker run --shm-size)",
            run->segment.wanted);
    if (number != 0)
        return fail(run, "posix_fallocate", name_of(run), number);
    stage_add(run, STAGE_RESERVE, "posix_fallocate", ended - begun);
    return true;
}

static bool posix_find(struct run *run)
{
    struct segment *segment = &run->segment;
    struct stat status;
    describe(run);
    run->stage = STAGE_READER_ATTACH;
    int64_t begun = clock_ns();
    segment->fd = shm_open(name_of(run), (segment->writable ? O_RDWR : O_RDONLY) | OPEN_FLAGS, 0);
    int64_t ended = clock_ns();
    if (segment->fd == -1)
        return fail(run, "shm_open", name_of(run), errno);
    stage_add(run, STAGE_READER_ATTACH, "shm_open", ended - begun);
    begun = clock_ns();
    int result = fstat(segment->fd, &status);
    ended = clock_ns();
    if (result == -1)
        return fail(run, "fstat", name_of(run), errno);
    stage_add(run, STAGE_READER_ATTACH, NULL, ended - begun);
    if (!S_ISREG(status.st_mode))
        return fail_because(run, layout_rule(run), name_of(run), EINVAL,
                            "not a segment but another kind of file: remove it");
    segment->size = (uint64_t)status.st_size;
    return true;
}

static bool posix_attach(struct run *run)
{
    struct segment *segment = &run->segment;
    run->stage = run->peer->role == ROLE_READER ? STAGE_READER_ATTACH : STAGE_ATTACH;
    int protection = segment->writable ? PROT_READ | PROT_WRITE : PROT_READ;
    int64_t begun = clock_ns();
    void *base = mmap(NULL, segment->size, protection, MAP_SHARED, segment->fd, 0);
    int64_t ended = clock_ns();
    if (base == MAP_FAILED)
        return fail(run, "mmap", name_of(run), errno);
    segment->base = base;
    stage_add(run, run->stage, "mmap", ended - begun);
    close(segment->fd); // the mapping keeps the object
    segment->fd = -1;
    return true;
}

static bool posix_detach(struct run *run)
{
    struct segment *segment = &run->segment;
    run->stage = STAGE_DETACH;
    int64_t begun = clock_ns();
    int result = munmap(segment->base, segment->size);
    int64_t ended = clock_ns();
    if (result == -1)
        return fail(run, "munmap", name_of(run), errno);
    segment->base = NULL;
    stage_add(run, STAGE_DETACH, "munmap", ended - begun);
    return true;
}

static bool posix_remove(struct run *run)
{
    run->stage = STAGE_REMOVE;
    undo_hold();
    int64_t begun = clock_ns();
    int result = shm_unlink(name_of(run));
    int64_t ended = clock_ns();
    int number = errno;
    if (result == 0)
        undo_drop(UNDO_SHM_NAME, name_of(run), -1);
    undo_release();
    if (result == -1)
        return fail(run, "shm_unlink", name_of(run), number);
    stage_add(run, STAGE_REMOVE, "shm_unlink", ended - begun);
    return true;
}

static void posix_release(struct segment *segment)
{
    if (segment->base != NULL)
        munmap(segment->base, segment->size);
    segment->base = NULL;
    if (segment->fd != -1)
        close(segment->fd);
    segment->fd = -1;
}

const struct segment_api posix_segment = {
    .family = "posix",
    .prefix = "name=",
    .create = posix_create,
    .size = posix_size,
    .reserve = posix_reserve,
    .find = posix_find,
    .find_call = "shm_open",
    .attach = posix_attach,
    .detach = posix_detach,
    .remove = posix_remove,
    .clean = posix_remove,
    .release = posix_release,
    .reader_removes = true,
};

const bool posix_layouts[LAYOUT_COUNT] = {
    [LAYOUT_CLASSIC] = true, [LAYOUT_OS] = true, [LAYOUT_FRAMED] = true};
