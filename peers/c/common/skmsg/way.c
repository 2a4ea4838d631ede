// SPDX-License-Identifier: Apache-2.0
// A peer's side of the two ways in.
#include "way.h"

#include "../clock.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static_assert(sizeof(struct skmsg_request) == 16, "request");
static_assert(sizeof(struct skmsg_reply) == 40, "reply");

// A manager answers at once; one that is stopped must not stop its peers for ever.
#define PATIENCE_NS INT64_C(5000000000)

static int limit_waits(int fd, int64_t deadline_ns)
{
    const int64_t left_ns = deadline_ns - clock_ns();
    const int64_t wait_ns = left_ns < 1000 ? 1000 : left_ns < PATIENCE_NS ? left_ns : PATIENCE_NS;
    const struct timeval wait = {.tv_sec = wait_ns / NS_PER_SECOND,
                                 .tv_usec = wait_ns % NS_PER_SECOND / 1000};
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
                   setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0
               ? 0
               : errno;
}

int skmsg_connect(int *fd, const char *folder, int64_t deadline_ns)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *fd = -1;
    if ((size_t)snprintf(address.sun_path, sizeof address.sun_path, "%s/" SKMSG_MANAGER, folder) >=
        sizeof address.sun_path)
        return ENAMETOOLONG;
    *fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (*fd == -1)
        return errno;
    int number = limit_waits(*fd, deadline_ns);
    if (number == 0 && connect(*fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return 0;
    if (number == 0)
        number = errno == EAGAIN ? ETIMEDOUT : errno;
    close(*fd);
    *fd = -1;
    return number;
}

int skmsg_ask(int manager, enum skmsg_operation operation, struct skmsg_key key, const int *socket,
              int64_t deadline_ns, struct skmsg_reply *reply)
{
    const int number = limit_waits(manager, deadline_ns);
    if (number != 0)
        return number;
    struct skmsg_request request = {SKMSG_MAGIC, operation, key};
    struct iovec vector = {.iov_base = &request, .iov_len = sizeof request};
    union {
        struct cmsghdr header; // aligns the bytes
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (socket != NULL) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), socket, sizeof(int));
    }
    if (sendmsg(manager, &message, MSG_NOSIGNAL) == -1)
        return errno == ECONNRESET ? EPIPE : errno == EAGAIN ? ETIMEDOUT : errno;
    ssize_t got;
    do
        got = recv(manager, reply, sizeof *reply, 0);
    while (got == -1 && errno == EINTR);
    if (got == 0 || (got == -1 && errno == ECONNRESET))
        return EPIPE;
    if (got == -1)
        return errno == EAGAIN ? ETIMEDOUT : errno;
    return got == sizeof *reply && reply->magic == SKMSG_MAGIC ? reply->number : EBADMSG;
}

int skmsg_way_open(struct skmsg_way *way, bool pinned, const char *folder, int64_t deadline_ns,
                   const char **call)
{
    *way = (struct skmsg_way){-1, {-1, -1, -1}, -1, {0, 0}, deadline_ns};
    if (!pinned) {
        *call = "connect";
        return skmsg_connect(&way->manager, folder, deadline_ns);
    }
    char pins[4096];
    snprintf(pins, sizeof pins, "%s/" SKMSG_PINS, folder);
    *call = "bpf OBJ_GET";
    return skmsg_maps_open(&way->maps, pins);
}

static int ask(struct skmsg_way *way, enum skmsg_operation operation, struct skmsg_key key)
{
    struct skmsg_reply reply;
    return skmsg_ask(way->manager, operation, key, NULL, way->deadline_ns, &reply);
}

int skmsg_way_join(struct skmsg_way *way, int socket, struct skmsg_key key)
{
    struct skmsg_reply reply;
    int number = way->manager != -1
                     ? skmsg_ask(way->manager, SKMSG_JOIN, key, &socket, way->deadline_ns, &reply)
                     : skmsg_counts_put(&way->maps, key);
    way->socket = number == 0 ? socket : -1;
    way->key = key;
    return number;
}

int skmsg_way_put(struct skmsg_way *way, struct skmsg_key key)
{
    return way->manager != -1 ? ask(way, SKMSG_PUT, key) : skmsg_target_put(&way->maps, key, way->socket);
}

int skmsg_way_take(struct skmsg_way *way, struct skmsg_key key)
{
    return way->manager != -1 ? ask(way, SKMSG_TAKE, key) : skmsg_target_take(&way->maps, key);
}

int skmsg_way_seek(struct skmsg_way *way)
{
    return way->manager != -1 ? ask(way, SKMSG_SEEK, way->key) : skmsg_target_find(&way->maps, way->key);
}

int skmsg_way_count(struct skmsg_way *way, struct skmsg_counts *counts)
{
    struct skmsg_reply reply;
    if (way->manager == -1)
        return skmsg_counts_find(&way->maps, way->key, counts);
    int number = skmsg_ask(way->manager, SKMSG_COUNT, way->key, NULL, way->deadline_ns, &reply);
    *counts = reply.counts;
    return number;
}

bool skmsg_way_is_alive(const struct skmsg_way *way)
{
    char byte;
    if (way->manager == -1)
        return true;
    return recv(way->manager, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && (errno == EAGAIN || errno == EINTR);
}

void skmsg_way_close(struct skmsg_way *way, struct skmsg_key other)
{
    if (way->socket != -1 && way->manager == -1) { // a manager does it when the connection ends
        skmsg_target_take(&way->maps, other);
        skmsg_counts_take(&way->maps, way->key);
    }
    if (way->manager != -1)
        close(way->manager);
    way->manager = way->socket = -1;
    skmsg_maps_close(&way->maps);
}
