// SPDX-License-Identifier: Apache-2.0
// AF_UNIX sockets at a path: what the channels unix, unix-seqpacket and eventfd share.
#ifndef SHMBED_SOCKET_H
#define SHMBED_SOCKET_H

#include "channel.h"

const char *socket_check_path(const char *path);
// Writer: binds and listens.
bool socket_create(struct channel *channel, int type);
// Writer: accepts the reader. Reader: connects. in_fd and out_fd are the connection.
bool socket_open(struct channel *channel, int type);
// Sends 48 bytes. A record socket sends all or nothing; of a stream the rest follows.
bool socket_send(struct channel *channel, const struct descriptor *descriptor);
void socket_close(struct channel *channel);

#endif
