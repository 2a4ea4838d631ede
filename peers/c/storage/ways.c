// SPDX-License-Identifier: Apache-2.0
// The table of ways, and the calls behind each.
#include "ways.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)
#define MODE 0600

const struct way ways[] = {
    {.name = "posix-mmap", .place = POSIX, .mapped = true},
    {.name = "posix-mmap-populate", .place = POSIX, .mapped = true, .map_flags = MAP_POPULATE},
    {.name = "posix-mmap-thp",
     .place = POSIX,
     .mapped = true,
     .advice = MADV_HUGEPAGE,
     .multiple_size = HUGE_PAGE},
    {.name = "posix-rw", .place = POSIX},
    {.name = "tmpfs-mmap", .place = TMPFS, .mapped = true},
    {.name = "tmpfs-rw", .place = TMPFS},
    {.name = "disk-mmap", .place = DISK, .mapped = true},
    {.name = "disk-rw", .place = DISK},
    {.name = "disk-cold-mmap", .place = DISK, .mapped = true, .cold = true},
    {.name = "disk-cold-rw", .place = DISK, .cold = true},
    {.name = "disk-direct", .place = DISK, .open_flags = O_DIRECT},
    {.name = "sysv", .place = SYSV, .mapped = true},
    {.name = "sysv-thp", .place = SYSV, .mapped = true, .advice = MADV_HUGEPAGE, .multiple_size = HUGE_PAGE},
    {.name = "sysv-hugetlb",
     .place = SYSV,
     .mapped = true,
     .get_flags = SHM_HUGETLB,
     .multiple_size = HUGE_PAGE},
    {.name = NULL},
};

const struct way *way_of(const char *name)
{
    for (const struct way *way = ways; way->name != NULL; way++) {
        if (strcmp(way->name, name) == 0) {
            return way;
        }
    }
    return NULL;
}

bool ways_share(const struct way *a, const struct way *b)
{
    return a->place == b->place && a->cold == b->cold && a->open_flags == b->open_flags &&
           a->advice == b->advice && a->get_flags == b->get_flags;
}

static bool failed(struct trouble *trouble, const char *call, const struct object *object)
{
    trouble->number = errno;
    trouble->call = call;
    snprintf(trouble->object, sizeof trouble->object, "%s",
             object->name[0] != '\0' ? object->name : object->way->name);
    return false;
}

static bool unsupported(struct trouble *trouble, const char *reason)
{
    trouble->call = "";
    snprintf(trouble->unsupported, sizeof trouble->unsupported, "%s", reason);
    return false;
}

// The chosen word of "always within_size [advise] never"; empty when the kernel has no such file. It rules
// System V.
static void chosen_for_sysv(char chosen[32])
{
    char line[128] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "re");
    if (file != NULL) {
        if (fgets(line, sizeof line, file) == NULL) {
            line[0] = '\0';
        }
        fclose(file);
    }
    chosen[0] = '\0';
    const char *begin = strchr(line, '[');
    if (begin != NULL) {
        sscanf(begin, "[%31[^]]", chosen);
    }
}

// The mount option huge= of /dev/shm, "never" when it is not given: it rules POSIX. tmpfs(5).
static void chosen_for_posix(char chosen[32])
{
    strcpy(chosen, "never");
    char line[1024];
    FILE *file = fopen("/proc/mounts", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *option = strstr(line, "huge=");
        if (strstr(line, " /dev/shm tmpfs ") != NULL && option != NULL) {
            sscanf(option, "huge=%31[a-z_]", chosen);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

static bool huge_pages_possible(const struct way *way, struct trouble *trouble)
{
    if (way->advice != MADV_HUGEPAGE) {
        return true;
    }
    char chosen[32];
    way->place == SYSV ? chosen_for_sysv(chosen) : chosen_for_posix(chosen);
    if (chosen[0] == '\0') {
        return unsupported(trouble, "this kernel has no transparent huge pages for shared memory");
    }
    if (strcmp(chosen, "never") == 0 || strcmp(chosen, "deny") == 0) {
        return unsupported(trouble, way->place == SYSV
                                        ? "the kernel's setting is never (as root: echo advise > "
                                          "/sys/kernel/mm/transparent_hugepage/shmem_enabled)"
                                        : "/dev/shm is mounted without it (as root: mount -o "
                                          "remount,huge=advise /dev/shm)");
    }
    return true;
}

// A store into a mapped file of a full file system is a SIGBUS, so the room is looked at before.
static bool room(const struct object *object, struct trouble *trouble)
{
    struct statvfs status;
    if (fstatvfs(object->fd, &status) != 0) {
        return failed(trouble, "fstatvfs", object);
    }
    if (status.f_bavail >= 2 * object->size / status.f_frsize) {
        return true;
    }
    char reason[200];
    snprintf(reason, sizeof reason, "%zu MiB wanted, %llu MiB free on its file system",
             2 * object->size >> 20, (unsigned long long)status.f_bavail * status.f_frsize >> 20);
    return unsupported(trouble, reason);
}

static bool get_segment(struct object *object, struct trouble *trouble)
{
    object->id = shmget(IPC_PRIVATE, object->size, IPC_CREAT | object->way->get_flags | MODE);
    if (object->id >= 0) {
        object->named = true;
        return true;
    }
    if (object->way->get_flags & SHM_HUGETLB) {
        char reason[200];
        snprintf(reason, sizeof reason, "shmget SHM_HUGETLB: %s (as root: sysctl vm.nr_hugepages=256)",
                 strerror(errno));
        return unsupported(trouble, reason);
    }
    return failed(trouble, "shmget", object);
}

static int open_by_name(const struct object *object, int flags)
{
    flags |= O_RDWR | O_CLOEXEC | object->way->open_flags;
    return object->way->place == POSIX ? shm_open(object->name, flags, MODE)
                                       : open(object->name, flags | O_NOFOLLOW, MODE);
}

bool object_create(struct object *object, const struct way *way, size_t size, const char *name,
                   struct trouble *trouble)
{
    *object = (struct object){.way = way, .size = size, .id = -1, .fd = -1, .held_fd = -1};
    snprintf(object->name, sizeof object->name, "%s", name);
    if (!huge_pages_possible(way, trouble)) {
        return false;
    }
    if (way->place == SYSV) {
        return get_segment(object, trouble);
    }
    object->fd = open_by_name(object, O_CREAT | O_EXCL);
    if (object->fd < 0) {
        if (errno == EINVAL && (way->open_flags & O_DIRECT)) {
            return unsupported(trouble, "the file system of the disk folder has no O_DIRECT");
        }
        return failed(trouble, "open", object);
    }
    object->named = true;
    // write(2) makes a file as long as it has to be; a mapping needs the length first.
    return room(object, trouble) &&
           (!way->mapped || ftruncate(object->fd, (off_t)size) == 0 || failed(trouble, "ftruncate", object));
}

bool object_open(struct object *object, struct trouble *trouble)
{
    if (object->way->place == SYSV) {
        return true;
    }
    object->fd = open_by_name(object, 0);
    return object->fd >= 0 || failed(trouble, "open", object);
}

static bool advise(const struct object *object, struct trouble *trouble)
{
    int advice = object->way->advice;
    return advice == 0 || madvise(object->map, object->size, advice) == 0 ||
           failed(trouble, "madvise", object);
}

bool object_attach(struct object *object, struct trouble *trouble)
{
    const struct way *way = object->way;
    if (!way->mapped) {
        return true;
    }
    if (way->place == SYSV) {
        void *map = shmat(object->id, NULL, 0);
        if (map == (void *)-1) {
            return failed(trouble, "shmat", object);
        }
        object->map = map;
        return advise(object, trouble);
    }
    void *map = mmap(NULL, object->size, PROT_READ | PROT_WRITE, MAP_SHARED | way->map_flags, object->fd, 0);
    if (map == MAP_FAILED) {
        return failed(trouble, "mmap", object);
    }
    object->map = map;
    return way->advice == 0 || madvise(map, object->size, way->advice) == 0 ||
           failed(trouble, "madvise", object);
}

// Tells the compiler that memory has changed: a copy may not be left out because the one before it was the
// same.
static inline void copied(void)
{
    __asm__ volatile("" ::: "memory");
}

bool object_write(struct object *object, const void *source, struct trouble *trouble)
{
    const struct way *way = object->way;
    if (way->mapped) {
        memcpy(object->map, source, object->size);
        copied();
        return !way->cold || msync(object->map, object->size, MS_SYNC) == 0 ||
               failed(trouble, "msync", object);
    }
    for (size_t done = 0; done < object->size;) {
        ssize_t some = pwrite(object->fd, (const char *)source + done, object->size - done, (off_t)done);
        if (some <= 0 && errno != EINTR) {
            return failed(trouble, "write", object);
        }
        done += some > 0 ? (size_t)some : 0;
    }
    return !way->cold || fdatasync(object->fd) == 0 || failed(trouble, "fdatasync", object);
}

bool object_read(struct object *object, void *target, struct trouble *trouble)
{
    if (object->way->mapped) {
        memcpy(target, object->map, object->size);
        copied();
        return true;
    }
    for (size_t done = 0; done < object->size;) {
        ssize_t some = pread(object->fd, (char *)target + done, object->size - done, (off_t)done);
        if (some == 0 || (some < 0 && errno != EINTR)) {
            errno = some == 0 ? EIO : errno;
            return failed(trouble, "read", object);
        }
        done += some > 0 ? (size_t)some : 0;
    }
    return true;
}

void object_detach(struct object *object)
{
    if (object->map != NULL) {
        if (object->way->place == SYSV) {
            shmdt(object->map);
        } else {
            munmap(object->map, object->size);
        }
        object->map = NULL;
    }
    if (object->fd >= 0) {
        close(object->fd);
        object->fd = -1;
    }
}

static int remove_name(struct object *object)
{
    object->named = false;
    switch (object->way->place) {
    case POSIX:
        return shm_unlink(object->name);
    case SYSV:
        return shmctl(object->id, IPC_RMID, NULL);
    default:
        return unlink(object->name);
    }
}

bool object_unname(struct object *object, struct trouble *trouble)
{
    if (object->way->place == SYSV) {
        void *map = shmat(object->id, NULL, 0);
        if (map == (void *)-1) {
            return failed(trouble, "shmat", object);
        }
        object->held_map = map;
    } else if ((object->held_fd = fcntl(object->fd, F_DUPFD_CLOEXEC, 0)) < 0) {
        return failed(trouble, "fcntl", object);
    }
    return remove_name(object) == 0 || failed(trouble, "unlink", object);
}

void object_remove(struct object *object)
{
    object_detach(object);
    if (object->named) {
        remove_name(object);
    }
    if (object->held_fd >= 0) {
        close(object->held_fd);
        object->held_fd = -1;
    }
    if (object->held_map != NULL) {
        shmdt(object->held_map);
        object->held_map = NULL;
    }
}

bool object_chill(struct object *object, struct trouble *trouble)
{
    int fd = open_by_name(object, 0);
    if (fd < 0) {
        return failed(trouble, "open", object);
    }
    // Dirty pages stay; so they are written first. posix_fadvise(2).
    bool done = fdatasync(fd) == 0 || failed(trouble, "fdatasync", object);
    if (done && (errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)) != 0) {
        done = failed(trouble, "posix_fadvise", object);
    }
    void *map = done ? mmap(NULL, object->size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (done && map == MAP_FAILED) {
        done = failed(trouble, "mmap", object);
    }
    if (done) {
        unsigned char resident = 0;
        if (mincore(map, 1, &resident) == 0 && (resident & 1)) {
            done = unsupported(
                trouble, "posix_fadvise DONTNEED leaves the file in the page cache on this file system");
        }
    }
    if (map != MAP_FAILED) {
        munmap(map, object->size);
    }
    close(fd);
    return done;
}
