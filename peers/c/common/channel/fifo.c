// SPDX-License-Identifier: Apache-2.0
// Channel `fifo`: two FIFOs (fifo(7)). Each side opens the one it sends on O_RDWR, so that opening needs no
// rendezvous.
#include "channel.h"

#include "../error.h"
#include "../undo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *fifo_check_address(const char *address)
{
    if (address[0] == '\0')
        return "the path of the FIFOs is missing";
    return strlen(address) < DIRECTION_BYTES - sizeof ".r" ? NULL : "the path is too long";
}

static bool make(struct channel *channel, bool to_reader)
{
    char path[DIRECTION_BYTES];
    direction(path, channel->address, to_reader);
    undo_hold();
    bool made = mkfifo(path, 0600) == 0;
    int number = errno;
    if (made)
        undo_add(UNDO_FILE, path, -1);
    undo_release();
    return made || channel_fail(channel, "mkfifo", number);
}

static int open_direction(struct channel *channel, bool to_reader, int flags)
{
    char path[DIRECTION_BYTES];
    struct stat status;
    direction(path, channel->address, to_reader);
    int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (fd == -1) {
        channel_fail(channel, "open", errno);
    } else if (fstat(fd, &status) == -1 || !S_ISFIFO(status.st_mode)) {
        close(fd);
        fd = -1;
        channel_broken(channel, "open", EINVAL, "not a FIFO");
    }
    return fd;
}

static bool open_both(struct channel *channel)
{
    channel->in_fd = open_direction(channel, !channel->writer, O_RDONLY);
    channel->out_fd = channel->in_fd == -1 ? -1 : open_direction(channel, channel->writer, O_RDWR);
    return channel->out_fd != -1;
}

// The writer opens here already: a reader that reads before the writer has opened would see the end of the
// file.
static bool fifo_create(struct channel *channel)
{
    channel->created = make(channel, true) && make(channel, false);
    return channel->created && open_both(channel);
}

static bool fifo_open(struct channel *channel)
{
    return channel->writer || open_both(channel);
}

// 48 bytes are less than PIPE_BUF: all or nothing (pipe(7)).
static bool fifo_send(struct channel *channel, const struct descriptor *descriptor)
{
    ssize_t put;
    do
        put = write(channel->out_fd, descriptor, sizeof *descriptor);
    while (put == -1 && errno == EINTR);
    return put == sizeof *descriptor || channel_fail(channel, "write", errno);
}

static bool fifo_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    unsigned char *at = (unsigned char *)descriptor;
    size_t left = sizeof *descriptor;
    while (left > 0) {
        struct pollfd polled = {.fd = channel->in_fd, .events = POLLIN};
        if (!channel_poll(channel, &polled, 1, deadline_ns))
            return false;
        ssize_t got = read(channel->in_fd, at, left);
        if (got == 0)
            return channel_closed(channel, "read");
        if (got == -1 && errno != EINTR && errno != EAGAIN)
            return channel_fail(channel, "read", errno);
        if (got > 0) {
            at += got;
            left -= (size_t)got;
        }
    }
    return true;
}

static void fifo_close(struct channel *channel)
{
    char path[DIRECTION_BYTES];
    if (channel->in_fd != -1)
        close(channel->in_fd);
    if (channel->out_fd != -1)
        close(channel->out_fd);
    channel->in_fd = channel->out_fd = -1;
    for (int to_reader = 0; channel->created && to_reader <= 1; to_reader++) {
        direction(path, channel->address, to_reader == 1);
        undo_remove(UNDO_FILE, path, -1);
    }
    channel->created = false;
}

const struct channel_api fifo_channel = {
    .name = "fifo",
    .check_address = fifo_check_address,
    .create = fifo_create,
    .open = fifo_open,
    .send = fifo_send,
    .receive = fifo_receive,
    .arrived = channel_fd_arrived,
    .close = fifo_close,
};
