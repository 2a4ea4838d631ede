// SPDX-License-Identifier: Apache-2.0
// Channels on an AF_UNIX stream. `unix`: a descriptor is 48 bytes, read until it is whole. `unix-whole`: the
// payload follows it; the segment does not carry any.
#include "socket.h"

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
    return socket_receive(channel, descriptor, sizeof *descriptor, deadline_ns);
}

static bool unix_send_whole(struct channel *channel, const struct descriptor *descriptor,
                            const unsigned char *payload)
{
    struct iovec parts[] = {
        {.iov_base = (void *)descriptor, .iov_len = sizeof *descriptor},
        {.iov_base = (void *)payload, .iov_len = descriptor->length},
    };
    return socket_send_parts(channel, parts, 2);
}

static bool unix_receive_payload(struct channel *channel, unsigned char *payload, uint64_t length,
                                 int64_t deadline_ns)
{
    return socket_receive(channel, payload, length, deadline_ns);
}

const struct channel_api unix_channel = {
    .name = "unix",
    .check_address = socket_check_path,
    .create = unix_create,
    .open = unix_open,
    .send = socket_send,
    .receive = unix_receive,
    .arrived = channel_fd_arrived,
    .close = socket_close,
};

const struct channel_api unix_whole_channel = {
    .name = "unix-whole",
    .check_address = socket_check_path,
    .create = unix_create,
    .open = unix_open,
    .send = socket_send,
    .receive = unix_receive,
    .arrived = channel_fd_arrived,
    .send_whole = unix_send_whole,
    .receive_payload = unix_receive_payload,
    .close = socket_close,
};
