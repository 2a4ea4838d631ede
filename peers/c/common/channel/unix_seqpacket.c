// SPDX-License-Identifier: Apache-2.0
// Channel `unix-seqpacket`: an AF_UNIX socket that keeps records apart. A record of another length than 48
// bytes is EBADMSG.
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>

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
    // MSG_TRUNC: the record's real length
    size_t got = socket_receive_some(channel, descriptor, sizeof *descriptor, MSG_TRUNC, deadline_ns);
    return got == sizeof *descriptor ||
           (got > 0 && channel_broken(channel, "recv", EBADMSG, "a packet that is not 48 bytes long"));
}

const struct channel_api unix_seqpacket_channel = {
    .name = "unix-seqpacket",
    .check_address = socket_check_path,
    .create = seqpacket_create,
    .open = seqpacket_open,
    .send = socket_send,
    .receive = seqpacket_receive,
    .arrived = channel_fd_arrived,
    .close = socket_close,
};
