// SPDX-License-Identifier: Apache-2.0
// unix(7), tcp(7). Calls on a connection wait for a slice of time at most, and then look at the deadline.
#include "wire.h"

#include "../common/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NS 200000 // between two attempts to connect
#define SLICE_US 50000  // of a wait

// Any address of the family: the path's, or the loopback device's with this port.
union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in inet;
};

static socklen_t address_of(const struct wire *wire, in_port_t port, union address *address)
{
    memset(address, 0, sizeof *address);
    if (wire->tcp) {
        address->inet.sin_family = AF_INET;
        address->inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address->inet.sin_port = port;
        return sizeof address->inet;
    }
    address->local.sun_family = AF_UNIX;
    if (strlen(wire->path) >= sizeof address->local.sun_path)
        return 0;
    strcpy(address->local.sun_path, wire->path);
    return sizeof address->local;
}

static void wire_init(struct wire *wire, const char *path, bool tcp)
{
    *wire = (struct wire){.listener = -1, .fd = -1, .tcp = tcp, .path = path};
}

// The number goes under another name first: who sees the file sees all of it.
static bool publish_port(struct wire *wire)
{
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    char part[4096], text[16];
    if (getsockname(wire->listener, (struct sockaddr *)&own, &length) == -1)
        return false;
    snprintf(part, sizeof part, "%s.part", wire->path);
    int digits = snprintf(text, sizeof text, "%u", (unsigned)ntohs(own.sin_port));
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd != -1 && write(fd, text, (size_t)digits) == digits;
    if (fd != -1)
        close(fd);
    return written && rename(part, wire->path) == 0;
}

bool wire_listen(struct wire *wire, const char *path, bool tcp)
{
    union address address;
    wire_init(wire, path, tcp);
    const socklen_t length = address_of(wire, 0, &address);
    wire->listener = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (length == 0)
        errno = ENAMETOOLONG;
    if (length == 0 || wire->listener == -1 || bind(wire->listener, &address.any, length) == -1)
        return false;
    wire->created = !tcp;
    if ((!tcp && chmod(path, 0600) == -1) || listen(wire->listener, 1) == -1)
        return false;
    wire->created = !tcp || publish_port(wire);
    return wire->created;
}

static bool begin(struct wire *wire, int64_t deadline_ns)
{
    const int on = 1;
    const struct timeval slice = {.tv_usec = SLICE_US};
    wire->deadline_ns = deadline_ns;
    return (!wire->tcp || setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) &&
           setsockopt(wire->fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == 0 &&
           setsockopt(wire->fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice) == 0;
}

// Whether a call that failed is to be tried again: it was interrupted, or a slice has passed. errno says what
// it was otherwise.
static bool may_wait(const struct wire *wire)
{
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        return false;
    if (clock_ns() < wire->deadline_ns)
        return true;
    errno = ETIMEDOUT;
    return false;
}

bool wire_accept(struct wire *wire, int64_t deadline_ns)
{
    struct pollfd polled = {.fd = wire->listener, .events = POLLIN};
    const int64_t left_ns = deadline_ns - clock_ns();
    const int ready = poll(&polled, 1, (int)(left_ns > 0 ? left_ns / NS_PER_MS : 0));
    if (ready == 0)
        errno = ETIMEDOUT;
    if (ready != 1)
        return false;
    wire->fd = accept4(wire->listener, NULL, NULL, SOCK_CLOEXEC);
    return wire->fd != -1 && begin(wire, deadline_ns);
}

// 0: nobody has published one yet.
static in_port_t published_port(const char *path)
{
    unsigned port = 0;
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fscanf(file, "%5u", &port) != 1)
            port = 0;
        fclose(file);
    }
    return htons((in_port_t)port);
}

static bool attempt(struct wire *wire)
{
    union address address;
    const in_port_t port = wire->tcp ? published_port(wire->path) : 0;
    const socklen_t length = address_of(wire, port, &address);
    if (wire->tcp && port == 0) {
        errno = ENOENT;
        return false;
    }
    wire->fd = socket(wire->tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire->fd != -1 && length != 0 && connect(wire->fd, &address.any, length) == 0)
        return true;
    int number = length == 0 ? ENAMETOOLONG : errno;
    wire_close(wire);
    errno = number;
    return false;
}

bool wire_connect(struct wire *wire, const char *path, bool tcp, int64_t deadline_ns)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    wire_init(wire, path, tcp);
    while (!attempt(wire)) {
        if (errno != ENOENT && errno != ECONNREFUSED)
            return false;
        if (clock_ns() >= deadline_ns) {
            errno = ETIMEDOUT;
            return false;
        }
        nanosleep(&pause, NULL);
    }
    return begin(wire, deadline_ns);
}

bool wire_send(struct wire *wire, const void *bytes, size_t length)
{
    for (const unsigned char *at = bytes; length > 0;) {
        ssize_t sent = send(wire->fd, at, length, MSG_NOSIGNAL);
        if (sent == -1 && may_wait(wire))
            continue;
        if (sent == -1)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool wire_receive(struct wire *wire, void *bytes, size_t length)
{
    for (unsigned char *at = bytes; length > 0;) {
        ssize_t got = recv(wire->fd, at, length, 0);
        if (got == -1 && may_wait(wire))
            continue;
        if (got == 0)
            errno = EPIPE;
        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

void wire_close(struct wire *wire)
{
    if (wire->fd != -1)
        close(wire->fd);
    if (wire->listener != -1)
        close(wire->listener);
    if (wire->created)
        unlink(wire->path);
    wire->fd = wire->listener = -1;
    wire->created = false;
}
