// SPDX-License-Identifier: Apache-2.0
// The ways of getting bytes into and out of a place outside the process that are compared: where the bytes
// are, and how they are reached. The table in ways.c is the list; the Java program has the same under the
// same names.
#ifndef SHMBED_STORAGE_WAYS_H
#define SHMBED_STORAGE_WAYS_H

#include <stdbool.h>
#include <stddef.h>

enum place {
    POSIX, // shm_open
    TMPFS, // a file, by open(2), on the same tmpfs
    DISK,
    SYSV, // shmget
};

struct way {
    const char *name;
    enum place place;
    bool mapped;          // else read(2) and write(2)
    bool cold;            // not in the page cache before a read, on the disk after a write
    int open_flags;       // O_DIRECT
    int map_flags;        // MAP_POPULATE
    int advice;           // MADV_HUGEPAGE
    int get_flags;        // SHM_HUGETLB
    size_t multiple_size; // sizes must be a multiple of this
};

extern const struct way ways[];
const struct way *way_of(const char *name); // NULL: there is none

// Whether the two can use one object with contents: it is in the same place, and what one does to it does not
// disturb the other.
bool ways_share(const struct way *a, const struct way *b);

// Where the objects are: from the command line.
struct places {
    const char *posix_prefix; // of names: "/shmbed-..-"
    const char *tmpfs_prefix; // of paths
    const char *disk_prefix;  // of paths
};

// An error, or the reason why this machine cannot do it.
struct trouble {
    const char *call; // NULL: none
    char object[256];
    int number;
    char unsupported[256]; // empty: an error
};

// One object, attached or not.
struct object {
    const struct way *way;
    size_t size;
    char name[256]; // empty for System V
    int id;         // System V
    int fd;         // -1: closed
    void *map;      // NULL: not mapped
    bool named;     // it is there, and stays when this process ends
    int held_fd;    // keeps an object without a name alive; -1: none
    void *held_map; // the same for System V
};

// Each returns false and fills in the trouble.
bool object_create(struct object *object, const struct way *way, size_t size, const char *name,
                   struct trouble *trouble);
bool object_open(struct object *object, struct trouble *trouble); // again, by its name or id
bool object_attach(struct object *object, struct trouble *trouble);
bool object_write(struct object *object, const void *source, struct trouble *trouble);
bool object_read(struct object *object, void *target, struct trouble *trouble);
void object_detach(struct object *object); // and closes
// From here on the object goes away with the last who has it open: a kill leaves nothing behind. It stays for
// this process until object_release. System V objects can still be attached by their id, files and POSIX
// objects not by their name.
bool object_unname(struct object *object, struct trouble *trouble);
void object_remove(struct object *object); // whatever state it is in
// Drops the object's pages from the page cache; unsupported when they stay.
bool object_chill(struct object *object, struct trouble *trouble);

#endif
