// SPDX-License-Identifier: Apache-2.0
// Channel `unix`: an AF_UNIX stream. A descriptor is 48 bytes, read until it is whole.
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>

static bool unix_create(struct channel *channel)
{
    return socket_create(channel, SOCK_STREAM);
}

static bool unix_open(struct channel *channel)
{
    return socket_open(channel, SOCK_STREAM);
}

static bool unix_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    unsigned char *at = (unsigned char *)descriptor;
    size_t left = sizeof *descriptor;
    while (left > 0) {
        struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
        if (!channel_poll(channel, &polled, 1, deadline_ns))
            return false;
        ssize_t got = recv(channel->in_fd, at, left, MSG_DONTWAIT);
        if (got == 0 || (got == -1 && errno == ECONNRESET))
            return channel_closed(channel, "recv");
        if (got == -1 && errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "recv", errno);
        if (got > 0) {
            at += got;
            left -= (size_t)got;
        }
    }
    return true;
}

const struct channel_api unix_channel = {
    .name = "unix",
    .check_address = socket_check_path,
    .create = unix_create,
    .open = unix_open,
    .send = socket_send,
    .receive = unix_receive,
    .close = socket_close,
};
