// SPDX-License-Identifier: Apache-2.0
// What an exchange needs of a segment, whichever API family makes it: POSIX (posix/segment.c) or System V
// (sysv/segment.c).
#ifndef SHMBED_SEGMENT_H
#define SHMBED_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct run;

// One shared memory object, from this process's side. All zero but fd = id = -1: nothing is open.
struct segment {
    char object[320];    // for people: `/shm_posix`, `key=0x0000a1b2 id=7`
    bool created;        // by this command, so the command sizes it and removes it on failure
    bool writable;       // to be attached for writing too; a writer's create sets it
    unsigned char *base; // NULL: not attached
    uint64_t size;       // bytes that are attached, or will be
    uint64_t wanted;     // bytes that a writer will touch, from the start
    int fd;              // POSIX; -1: closed
    int id;              // System V; -1: unknown
    uint32_t key;        // System V
};

// Each function times its calls under the stage named in its comment, returns true, or records an error and
// returns false.
struct segment_api {
    const char *family; // `posix`, `sysv`
    const char *prefix; // before the object in a person's lines: `name=` or nothing
    // create: exclusively; or, where the command allows it, an object that is already there, if owner and
    // size fit.
    bool (*create)(struct run *run);
    // size: gives a new object its size.
    bool (*size)(struct run *run);
    // reserve: makes sure that the bytes that are wanted have memory behind them.
    bool (*reserve)(struct run *run);
    // reader-attach: finds an existing object, of whatever size, and sets that. `find_call` is the call that
    // says ENOENT.
    bool (*find)(struct run *run);
    const char *find_call;
    // attach or reader-attach, by the role: all of it, read only or for writing too.
    bool (*attach)(struct run *run);
    // detach
    bool (*detach)(struct run *run);
    // remove: of the object that is open or was.
    bool (*remove)(struct run *run);
    // remove: of an object that this command did not open.
    bool (*clean)(struct run *run);
    // Untimed; closes and detaches whatever is still open. Twice does no harm.
    void (*release)(struct segment *segment);
    bool reader_removes; // classic layout: the reader removes the object
};

#endif
