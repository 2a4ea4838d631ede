// SPDX-License-Identifier: Apache-2.0
// Channel `unix-seqpacket`: an AF_UNIX socket that keeps records apart. A record of another length than 48
// bytes is EBADMSG.
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

static bool seqpacket_create(struct channel *channel)
{
    return socket_create(channel, SOCK_SEQPACKET);
}

static bool seqpacket_open(struct channel *channel)
{
    return socket_open(channel, SOCK_SEQPACKET);
}

static bool seqpacket_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    for (;;) {
        struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
        if (!channel_poll(channel, &polled, 1, deadline_ns))
            return false;
        ssize_t got = recv(channel->in_fd, descriptor, sizeof *descriptor, MSG_DONTWAIT | MSG_TRUNC);
        if (got == sizeof *descriptor)
            return true;
        if (got > 0) // MSG_TRUNC: the record's real length
            return channel_broken(channel, "recv", EBADMSG, "a packet that is not 48 bytes long");
        if (got == 0 || errno == ECONNRESET)
            return channel_closed(channel, "recv");
        if (errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "recv", errno);
    }
}

const struct channel_api unix_seqpacket_channel = {
    .name = "unix-seqpacket",
    .check_address = socket_check_path,
    .create = seqpacket_create,
    .open = seqpacket_open,
    .send = socket_send,
    .receive = seqpacket_receive,
    .close = socket_close,
};
