// SPDX-License-Identifier: Apache-2.0
// Errno names and remedies. strerrorname_np(3) would need glibc 2.32.
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define NAME(number)                                                                                         \
    {                                                                                                        \
        number, #number                                                                                      \
    }

static const struct {
    int number;
    const char *name;
} names[] = {
    NAME(EPERM),      NAME(ENOENT),        NAME(EINTR),        NAME(EIO),        NAME(ENXIO),
    NAME(EBADF),      NAME(EAGAIN),        NAME(ENOMEM),       NAME(EACCES),     NAME(EFAULT),
    NAME(EBUSY),      NAME(EEXIST),        NAME(ENODEV),       NAME(ENOTDIR),    NAME(EISDIR),
    NAME(EINVAL),     NAME(ENFILE),        NAME(EMFILE),       NAME(EFBIG),      NAME(ENOSPC),
    NAME(ESPIPE),     NAME(EROFS),         NAME(EPIPE),        NAME(EDEADLK),    NAME(ENOSYS),
    NAME(ELOOP),      NAME(ENAMETOOLONG),  NAME(EIDRM),        NAME(ENOMSG),     NAME(EPROTO),
    NAME(EOVERFLOW),  NAME(EBADMSG),       NAME(EMSGSIZE),     NAME(EOPNOTSUPP), NAME(ENOBUFS),
    NAME(EADDRINUSE), NAME(ETIMEDOUT),     NAME(ECONNREFUSED), NAME(ECONNRESET), NAME(ENOTCONN),
    NAME(ESTALE),     NAME(EDQUOT),        NAME(ECONNABORTED), NAME(ENOTSOCK),   NAME(ENOTEMPTY),
    NAME(EXDEV),      NAME(EADDRNOTAVAIL), NAME(EPROTOTYPE),   NAME(E2BIG),
};

// Sorted by the flow: create, size, reserve, attach, read, remove.
static const struct {
    const char *call;
    int number;
    const char *remedy;
} remedies[] = {
    {"ftok", ENOENT, "no key file there: name one with --key-file, or give --key"},
    {"shm_open", ENOENT, "no segment of that name: start the writer first; ./shmbed ls shows what is there"},
    {"shm_open", EEXIST, "a segment of that name is already there: run the reader, or ./shmbed clean"},
    {"shm_open", EACCES,
     "it belongs to another user, or its mode keeps this one out: ./shmbed ls shows both"},
    {"shm_open", ELOOP, "a symbolic link lies under that name: remove it"},
    {"shm_open", EMFILE, "this process has too many open files: raise ulimit -n"},
    {"shmget", ENOENT,
     "no segment with that key: start the writer first, in the same IPC namespace; ./shmbed ls shows what is "
     "there"},
    {"shmget", EEXIST, "a segment with that key is already there: run the cleaner, or ./shmbed clean"},
    {"shmget", EACCES, "it belongs to another user, or its mode keeps this one out: ./shmbed ls shows both"},
    {"shmget", ENOSPC,
     "the limit of segments or of shared memory is reached: ipcs -l shows kernel.shmmni and kernel.shmall"},
    {"shmget", ENOMEM, "not enough memory for a segment of that size: choose a smaller --segment-size"},
    {"shmget", EINVAL, "the size is more than kernel.shmmax: choose a smaller --segment-size"},
    {"ftruncate", EFBIG, "larger than a file of this process may be: raise ulimit -f"},
    {"posix_fallocate", EFBIG, "larger than a file of this process may be: raise ulimit -f"},
    {"mmap", ENOMEM, "not enough address space: choose a smaller --segment-size or raise ulimit -v"},
    {"shmat", EIDRM, "the segment is being removed: start the writer again"},
    {"shm_unlink", ENOENT, "another process removed it first"},
    {"shm_unlink", EACCES, "only its owner may remove it"},
    {"shmctl", EPERM, "only its owner may remove it"},
    {"open", ENOENT, "no such file"},
    {"open", EACCES, "this user may not open it"},
    {"open", ENXIO, "nobody reads that FIFO: start its reader first"},
    {"bind", EADDRINUSE, "something lies at that path: remove it, or choose another --channel address"},
    {"bind", ENOENT, "the folder of that path is not there"},
    {"connect", ENOENT, "the socket is not there any more: start the writer again"},
    {"connect", ECONNREFUSED, "nobody listens on that socket: start the writer again"},
    {"mkfifo", EEXIST, "something lies at that path: remove it, or choose another --channel address"},
    {"mq_open", EEXIST,
     "a queue of that name is already there: remove it, or choose another --channel address"},
    {"mq_open", EINVAL, "fs.mqueue.msg_max must be at least 8 and fs.mqueue.msgsize_max at least 48"},
    {"mq_open", EMFILE, "too many message queues of this user: raise ulimit -q"},
    {"sem_open", EEXIST,
     "a semaphore of that name is already there: remove it, or choose another --channel address"},
    {"msgget", EEXIST,
     "a queue with that key is already there: ipcrm -Q KEY, or choose another --channel address"},
    {"bpf OBJ_GET", EACCES, "the pins belong to another user: skmsg up --uid UID makes them yours"},
    {"bpf OBJ_GET", EPERM,
     "bpf(2) is not permitted here (seccomp, or kernel.unprivileged_bpf_disabled): use the channel skmsg"},
    {"skmsg join", E2BIG, "the maps are full: see ./shmbed skmsg status"},
    {"skmsg join", ENFILE, "the manager has as many peers as it takes: see ./shmbed skmsg status"},
    {"malloc", ENOMEM, "not enough memory for the payload"},
};

const char *errno_name(int number)
{
    static char unknown[16];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == number)
            return names[i].name;
    snprintf(unknown, sizeof unknown, "E%d", number);
    return unknown;
}

static const char *remedy_for(const char *call, int number)
{
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
        if (remedies[i].number == number && strcmp(remedies[i].call, call) == 0)
            return remedies[i].remedy;
    return strerror(number);
}

bool fail(struct run *run, const char *call, const char *object, int number)
{
    return fail_because(run, call, object, number, "%s", remedy_for(call, number));
}

bool fail_because(struct run *run, const char *call, const char *object, int number, const char *format, ...)
{
    struct error *error = &run->error;
    if (error->call != NULL)
        return false; // a later error is a consequence of the first
    char remedy[400];
    va_list values;
    va_start(values, format);
    vsnprintf(remedy, sizeof remedy, format, values);
    va_end(values);
    error->call = call;
    error->number = number;
    snprintf(error->object, sizeof error->object, "%s", object);
    snprintf(error->message, sizeof error->message, "%s %s: %s (%s)", call, error->object, errno_name(number),
             remedy);
    return false;
}

static const struct {
    const char *name, *remedy;
} rules[] = {
    {"HEADER_MAGIC", "not a segment of the framed layout"},
    {"HEADER_VERSION", "of another version of the framed layout: build both sides from one tree"},
    {"HEADER_SIZE", "its header has another size: build both sides from one tree"},
    {"SEGMENT_SIZE", "it is smaller than its header says, or than a header"},
    {"HEADER_GENERATION", "its generation is 0"},
    {"HEADER_OFFSET",
     "an offset or size in its header leads out of the segment, or the channel's lanes are missing"},
    {"STALE_GENERATION", "the descriptor is of another segment than the one attached"},
    {"SEQUENCE_REPEATED", "a message came a second time"},
    {"SEQUENCE_GAP", "a message is missing"},
    {"DESCRIPTOR_BOUNDS", "it points out of the payload slots"},
    {"RING_MAGIC", "no ring of this channel lies there"},
    {"RING_VERSION", "of another version of this channel: build both sides from one tree"},
    {"RING_LINE", "its parts lie in cache lines of another size than this side's DPDK was built for"},
    {"RING_ELEMENT", "its elements are of another size: both sides need the same --channel"},
    {"RING_COUNT", "it has another number of elements: both sides need the same --channel"},
    {"RING_BYTES", "its size does not fit its elements"},
    {"RING_SIZE", "the rte_ring's size, mask or capacity does not fit its header"},
    {"RING_SYNC", "mp on one side only, or sync types that do not fit: both sides need the same --channel"},
    {"RING_COUNTERS", "more elements wait in it than it holds"},
    {"RING_INDEX", "an element leads out of the table of descriptors"},
    {"DESCRIPTOR_FLAGS", "it has flags that do not belong there"},
    {"SKMSG_NOT_TCP", "only TCP sockets can send: the program does not run for AF_UNIX and UDP"},
    {"SKMSG_NOT_ESTABLISHED", "a sender must be connected with itself on 127.0.0.0/8"},
    {"SKMSG_NOT_DROPPED", "the program let pass what it must drop: it does not run for this socket"},
    {"SKMSG_DROPPED", "the program dropped a message: its target is not in the map any more"},
    {"SKMSG_BYPASSED", "messages did not take the way through the program: was the manager ended?"},
    {"SKMSG_MANAGER_GONE", "the manager was ended, and with it the way between the two: ./shmbed skmsg up"},
    {"SKMSG_CREDITS", "the other side's count of messages on the way does not fit"},
};

bool fail_rule(struct run *run, const char *call, const char *object, int number, const char *name)
{
    const char *remedy = "";
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].name, name) == 0)
            remedy = rules[i].remedy;
    if (run->error.call == NULL)
        run->error.name = name;
    return fail_because(run, call, object, number, "%s: %s", name, remedy);
}

const char *layout_rule(const struct run *run)
{
    return run->options.layout == LAYOUT_FRAMED ? "header" : "classic";
}
