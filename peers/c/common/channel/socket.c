// SPDX-License-Identifier: Apache-2.0
// unix(7): bind, listen, accept, connect, send, each with the command's deadline where it can wait.
#include "socket.h"

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
    return connect(channel->in_fd, (const struct sockaddr *)&address, sizeof address) == 0 ||
           channel_fail(channel, "connect", errno);
}

bool socket_open(struct channel *channel, int type)
{
    bool met = channel->writer ? meet_reader(channel) : meet_writer(channel, type);
    channel->out_fd = channel->in_fd;
    return met;
}

bool socket_send(struct channel *channel, const struct descriptor *descriptor)
{
    const unsigned char *at = (const unsigned char *)descriptor;
    size_t left = sizeof *descriptor;
    while (left > 0) {
        ssize_t sent = send(channel->out_fd, at, left, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            at += sent;
            left -= (size_t)sent;
        } else if (errno == EAGAIN) {
            struct pollfd polled = {.fd = channel->out_fd, .events = POLLOUT};
            if (!channel_poll(channel, &polled, 1, channel->run->deadline_ns))
                return false;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return channel_closed(channel, "send");
        } else if (errno != EINTR) {
            return channel_fail(channel, "send", errno);
        }
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
        unlink(channel->address);
    channel->in_fd = channel->out_fd = channel->listener = -1;
    channel->created = false;
}
