// SPDX-License-Identifier: Apache-2.0
// unix(7): bind, listen, accept, connect, send, each with the command's deadline where it can wait.
#include "socket.h"

#include "../clock.h"
#include "../error.h"
#include "../undo.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const char *socket_check_path(const char *path)
{
    if (path[0] == '\0')
        return "the path of a socket is missing";
    if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return "the path of a socket has at most 107 bytes (unix(7))";
    return NULL;
}

static struct sockaddr_un address_of(const struct channel *channel)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, channel->address);
    return address;
}

bool socket_create(struct channel *channel, int type)
{
    const struct sockaddr_un address = address_of(channel);
    channel->listener = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (channel->listener == -1)
        return channel_fail(channel, "socket", errno);
    undo_hold();
    channel->created = bind(channel->listener, (const struct sockaddr *)&address, sizeof address) == 0;
    int number = errno;
    if (channel->created)
        undo_add(UNDO_FILE, channel->address, -1);
    undo_release();
    if (!channel->created)
        return channel_fail(channel, "bind", number);
    if (chmod(channel->address, 0600) == -1) // nobody can connect before listen
        return channel_fail(channel, "chmod", errno);
    if (listen(channel->listener, 1) == -1)
        return channel_fail(channel, "listen", errno);
    return true;
}

static bool meet_reader(struct channel *channel)
{
    struct pollfd polled = {.fd = channel->listener, .events = POLLIN};
    if (!channel_poll(channel, &polled, 1, channel->run->deadline_ns))
        return false;
    channel->in_fd = accept4(channel->listener, NULL, NULL, SOCK_CLOEXEC);
    return channel->in_fd != -1 || channel_fail(channel, "accept", errno);
}

static bool meet_writer(struct channel *channel, int type)
{
    const struct sockaddr_un address = address_of(channel);
    channel->in_fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (channel->in_fd == -1)
        return channel_fail(channel, "socket", errno);
    // The listener takes few; who comes after them waits in connect, for SO_SNDTIMEO (socket(7)).
    const int64_t left_ns = channel->run->deadline_ns - clock_ns();
    const struct timeval left = {.tv_sec = left_ns > 0 ? left_ns / NS_PER_SECOND : 0,
                                 .tv_usec = left_ns > 0 ? left_ns % NS_PER_SECOND / 1000 + 1 : 1};
    if (setsockopt(channel->in_fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof left) == -1)
        return channel_fail(channel, "setsockopt", errno);
    if (connect(channel->in_fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    return errno == EAGAIN ? channel_timeout(channel, "connect") : channel_fail(channel, "connect", errno);
}

// One system call then waits and receives, where poll(2) and recv(2) would be two.
static bool limit_waits(struct channel *channel)
{
    const struct timeval slice = {.tv_usec = SLICE_NS / 1000};
    return (setsockopt(channel->in_fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == 0 &&
            setsockopt(channel->in_fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice) == 0) ||
           channel_fail(channel, "setsockopt", errno);
}

bool socket_open(struct channel *channel, int type)
{
    bool met = channel->writer ? meet_reader(channel) : meet_writer(channel, type);
    channel->out_fd = channel->in_fd;
    return met && limit_waits(channel);
}

bool socket_send(struct channel *channel, const struct descriptor *descriptor)
{
    struct iovec part = {.iov_base = (void *)descriptor, .iov_len = sizeof *descriptor};
    return socket_send_parts(channel, &part, 1);
}

bool socket_send_parts(struct channel *channel, struct iovec *parts, size_t count)
{
    while (count > 0) {
        const struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
        ssize_t sent = sendmsg(channel->out_fd, &message, MSG_NOSIGNAL);
        if (sent == -1 && (errno == EPIPE || errno == ECONNRESET))
            return channel_closed(channel, "sendmsg");
        if (sent == -1 && errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "sendmsg", errno);
        if (sent == -1 && clock_ns() >= channel->run->deadline_ns)
            return channel_timeout(channel, "sendmsg");
        size_t done = sent == -1 ? 0 : (size_t)sent;
        for (; count > 0 && done >= parts->iov_len; parts++, count--)
            done -= parts->iov_len;
        if (count > 0) {
            parts->iov_base = (unsigned char *)parts->iov_base + done;
            parts->iov_len -= done;
        }
    }
    return true;
}

size_t socket_receive_some(struct channel *channel, void *bytes, size_t room, int flags, int64_t deadline_ns)
{
    for (;;) {
        ssize_t got = recv(channel->in_fd, bytes, room, flags);
        if (got > 0)
            return (size_t)got;
        if (got == 0 || errno == ECONNRESET) {
            channel_closed(channel, "recv");
            return 0;
        }
        if (errno != EINTR && errno != EAGAIN) {
            channel_fail(channel, "recv", errno);
            return 0;
        }
        if (clock_ns() >= deadline_ns) {
            channel_timeout(channel, "recv");
            return 0;
        }
    }
}

bool socket_receive(struct channel *channel, void *bytes, uint64_t length, int64_t deadline_ns)
{
    unsigned char *at = bytes;
    while (length > 0) {
        size_t got = socket_receive_some(channel, at, length, MSG_WAITALL, deadline_ns);
        if (got == 0)
            return false;
        at += got;
        length -= got;
    }
    return true;
}

void socket_close(struct channel *channel)
{
    if (channel->in_fd != -1)
        close(channel->in_fd);
    if (channel->listener != -1)
        close(channel->listener);
    if (channel->created)
        undo_remove(UNDO_FILE, channel->address, -1);
    channel->in_fd = channel->out_fd = channel->listener = -1;
    channel->created = false;
}
