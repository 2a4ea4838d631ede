// SPDX-License-Identifier: Apache-2.0
// System V shared memory: ftok(3), shmget(2), shmat(2), shmdt(2), shmctl(2).
#include "segment.h"

#include "../common/clock.h"
#include "../common/error.h"
#include "../common/undo.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

static_assert(sizeof(size_t) == 8, "sizes are 64-bit");

#define KEY_FILE "shmkey.txt"

static void describe(struct run *run)
{
    struct segment *segment = &run->segment;
    int length = snprintf(segment->object, sizeof segment->object, "key=0x%08" PRIx32, segment->key);
    if (segment->id != -1)
        snprintf(segment->object + length, sizeof segment->object - (size_t)length, " id=%d", segment->id);
}

// The key file where none is named: in the working directory, as the original programs have it, else beside
// this program.
static const char *find_key_file(char path[4096])
{
    if (access(KEY_FILE, F_OK) == 0)
        return KEY_FILE;
    ssize_t length = readlink("/proc/self/exe", path, 4096 - sizeof KEY_FILE);
    if (length < 0)
        return KEY_FILE;
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, KEY_FILE);
    return path;
}

// --key, or ftok of the key file.
static bool find_key(struct run *run, enum stage stage)
{
    struct segment *segment = &run->segment;
    segment->key = run->options.key;
    if (segment->key == 0) {
        char beside[4096];
        const char *path = run->options.key_file != NULL ? run->options.key_file : find_key_file(beside);
        int64_t begun = clock_ns();
        key_t key = ftok(path, 0);
        int64_t ended = clock_ns();
        if (key == -1)
            return fail(run, "ftok", path, errno);
        if (key == IPC_PRIVATE)
            return fail_because(run, "ftok", path, EINVAL,
                                "its key is 0, which no other process could find: copy the file");
        stage_add(run, stage, "ftok", ended - begun);
        segment->key = (uint32_t)key;
    }
    describe(run);
    return true;
}

// The owner, from the table that needs no permission (proc(5)): IPC_STAT refuses where it would help most.
static long owner_of(int id)
{
    FILE *table = fopen("/proc/sysvipc/shm", "re");
    if (table == NULL)
        return -1;
    char row[512];
    long owner = -1;
    while (owner == -1 && fgets(row, sizeof row, table) != NULL) {
        int row_id;
        unsigned uid;
        if (sscanf(row, "%*d %d %*o %*u %*d %*d %*u %u", &row_id, &uid) == 2 && row_id == id)
            owner = (long)uid;
    }
    fclose(table);
    return owner;
}

// Where IPC_STAT is refused shmat would be too, and it is what the reader came for: the error names shmat in
// both cases.
static bool fail_access(struct run *run, const char *call, int number)
{
    if (number != EACCES)
        return fail(run, call, run->segment.object, number);
    return fail_because(run, "shmat", run->segment.object, number,
                        "it belongs to uid %ld and its mode keeps uid %u out: run both sides as one user",
                        owner_of(run->segment.id), (unsigned)geteuid());
}

// The contract's rule for using a segment again: this user's (shmget has already said that it is large
// enough).
static bool may_use_again(struct run *run)
{
    struct shmid_ds status;
    long owner;
    if (shmctl(run->segment.id, IPC_STAT, &status) == 0)
        owner = (long)status.shm_perm.uid;
    else if (errno == EACCES)
        owner = owner_of(run->segment.id);
    else
        return fail(run, "shmctl", run->segment.object, errno);
    if (owner == (long)geteuid())
        return true;
    return fail_because(run, "shmget", run->segment.object, EEXIST,
                        "already there and owned by uid %ld, not by uid %u: its owner must run the cleaner, "
                        "or use another key",
                        owner, (unsigned)geteuid());
}

// Makes it exclusively, or else finds what is there; a segment that vanishes in between sends us back to the
// start.
static int get_either(struct run *run, bool *created)
{
    const key_t key = (key_t)run->segment.key;
    for (;;) {
        int id = shmget(key, run->options.segment_size, IPC_CREAT | IPC_EXCL | (int)run->options.mode);
        *created = id != -1;
        if (id != -1 || errno != EEXIST || run->options.exclusive)
            return id;
        id = shmget(key, run->options.segment_size, 0);
        if (id != -1 || errno != ENOENT || clock_ns() >= run->deadline_ns)
            return id;
    }
}

static bool sysv_create(struct run *run)
{
    struct segment *segment = &run->segment;
    run->stage = STAGE_CREATE;
    if (!find_key(run, STAGE_CREATE))
        return false;
    undo_hold();
    int64_t begun = clock_ns();
    segment->id = get_either(run, &segment->created);
    int64_t ended = clock_ns();
    int number = errno;
    if (segment->created)
        undo_add(UNDO_SHM_ID, "", segment->id);
    undo_release();
    if (segment->id == -1 && number == EINVAL && shmget((key_t)segment->key, 0, 0) != -1)
        return fail_because(run, "shmget", segment->object, EEXIST,
                            "already there and smaller than the %" PRIu64
                            " bytes wanted: run the cleaner first",
                            run->options.segment_size);
    if (segment->id == -1)
        return fail(run, "shmget", segment->object, number);
    stage_add(run, STAGE_CREATE, "shmget", ended - begun);
    segment->size = run->options.segment_size;
    segment->writable = true;
    describe(run);
    return segment->created || may_use_again(run);
}

// shmget has given it its size, and the kernel reserves the memory itself or answers ENOMEM there.
static bool sysv_size(struct run *run)
{
    (void)run;
    return true;
}

static bool sysv_reserve(struct run *run)
{
    (void)run;
    return true;
}

// The id of the segment that is there.
static bool find_existing(struct run *run, enum stage stage)
{
    struct segment *segment = &run->segment;
    if (!find_key(run, stage))
        return false;
    int64_t begun = clock_ns();
    segment->id = shmget((key_t)segment->key, 0, 0);
    int64_t ended = clock_ns();
    if (segment->id == -1)
        return fail(run, "shmget", segment->object, errno);
    stage_add(run, stage, "shmget", ended - begun);
    describe(run);
    return true;
}

static bool sysv_find(struct run *run)
{
    struct segment *segment = &run->segment;
    struct shmid_ds status;
    run->stage = STAGE_READER_ATTACH;
    if (!find_existing(run, STAGE_READER_ATTACH))
        return false;
    int64_t begun = clock_ns();
    int result = shmctl(segment->id, IPC_STAT, &status);
    int64_t ended = clock_ns();
    if (result == -1)
        return fail_access(run, "shmctl", errno);
    stage_add(run, STAGE_READER_ATTACH, NULL, ended - begun);
    segment->size = status.shm_segsz;
    return true;
}

static bool sysv_attach(struct run *run)
{
    struct segment *segment = &run->segment;
    run->stage = run->peer->role == ROLE_READER ? STAGE_READER_ATTACH : STAGE_ATTACH;
    int64_t begun = clock_ns();
    void *base = shmat(segment->id, NULL, segment->writable ? 0 : SHM_RDONLY);
    int64_t ended = clock_ns();
    if (base == (void *)-1)
        return fail_access(run, "shmat", errno);
    segment->base = base;
    stage_add(run, run->stage, "shmat", ended - begun);
    return true;
}

static bool sysv_detach(struct run *run)
{
    run->stage = STAGE_DETACH;
    int64_t begun = clock_ns();
    int result = shmdt(run->segment.base);
    int64_t ended = clock_ns();
    if (result == -1)
        return fail(run, "shmdt", run->segment.object, errno);
    run->segment.base = NULL;
    stage_add(run, STAGE_DETACH, "shmdt", ended - begun);
    return true;
}

static bool sysv_remove(struct run *run)
{
    run->stage = STAGE_REMOVE;
    undo_hold();
    int64_t begun = clock_ns();
    int result = shmctl(run->segment.id, IPC_RMID, NULL);
    int64_t ended = clock_ns();
    int number = errno;
    if (result == 0)
        undo_drop(UNDO_SHM_ID, "", run->segment.id);
    undo_release();
    if (result == -1)
        return fail(run, "shmctl", run->segment.object, number);
    stage_add(run, STAGE_REMOVE, "shmctl", ended - begun);
    return true;
}

static bool sysv_clean(struct run *run)
{
    run->stage = STAGE_REMOVE;
    return find_existing(run, STAGE_REMOVE) && sysv_remove(run);
}

static void sysv_release(struct segment *segment)
{
    if (segment->base != NULL)
        shmdt(segment->base);
    segment->base = NULL;
}

const struct segment_api sysv_segment = {
    .family = "sysv",
    .prefix = "",
    .create = sysv_create,
    .size = sysv_size,
    .reserve = sysv_reserve,
    .find = sysv_find,
    .find_call = "shmget",
    .attach = sysv_attach,
    .detach = sysv_detach,
    .remove = sysv_remove,
    .clean = sysv_clean,
    .release = sysv_release,
    .reader_removes = false,
};

const bool sysv_layouts[LAYOUT_COUNT] = {[LAYOUT_CLASSIC] = true, [LAYOUT_FRAMED] = true};
