// SPDX-License-Identifier: Apache-2.0
// AF_UNIX sockets at a path: what the channels unix, unix-whole, unix-seqpacket and eventfd share.
#ifndef SHMBED_SOCKET_H
#define SHMBED_SOCKET_H

#include "channel.h"

#include <sys/uio.h>

const char *socket_check_path(const char *path);
// Writer: binds and listens.
bool socket_create(struct channel *channel, int type);
// Writer: accepts the reader. Reader: connects. in_fd and out_fd are the connection, whose calls wait for a
// slice at most.
bool socket_open(struct channel *channel, int type);
// Sends 48 bytes. A record socket sends all or nothing; of a stream the rest follows.
bool socket_send(struct channel *channel, const struct descriptor *descriptor);
// Sends all the bytes of `parts`, which it uses up.
bool socket_send_parts(struct channel *channel, struct iovec *parts, size_t count);
// Receives at least one byte (flags as of recv(2)); returns how many, or 0 with an error recorded.
size_t socket_receive_some(struct channel *channel, void *bytes, size_t room, int flags, int64_t deadline_ns);
// Receives until `length` bytes are there.
bool socket_receive(struct channel *channel, void *bytes, uint64_t length, int64_t deadline_ns);
void socket_close(struct channel *channel);

#endif
