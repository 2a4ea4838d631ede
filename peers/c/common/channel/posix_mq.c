// SPDX-License-Identifier: Apache-2.0
// Channel `posix-mq`: two message queues (mq_overview(7)). mq_timedreceive counts on CLOCK_REALTIME: what is
// left until the deadline is converted anew for each slice, so a clock that is set costs at most one slice.
#include "channel.h"

#include "../clock.h"
#include "../error.h"
#include "../undo.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/stat.h>

#define MESSAGES_MAX 8

static const char *mq_check_address(const char *address)
{
    char name[1 + NAME_BYTES_MAX + 1];
    if (address[0] != '/' || !parse_name(address, name) || strlen(name) > NAME_BYTES_MAX - strlen(".r"))
        return "the queues' name wants a slash, then 1 to 252 bytes without a further one";
    return NULL;
}

static bool make(struct channel *channel, bool to_reader, int *queue)
{
    char name[DIRECTION_BYTES];
    struct mq_attr attributes = {.mq_maxmsg = MESSAGES_MAX, .mq_msgsize = DESCRIPTOR_BYTES};
    direction(name, channel->address, to_reader);
    undo_hold();
    *queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, channel->run->options.mode, &attributes);
    int number = errno;
    if (*queue != -1)
        undo_add(UNDO_MQ_NAME, name, -1);
    undo_release();
    if (*queue == -1)
        return channel_fail(channel, "mq_open", number);
    // A queue's descriptor is a file descriptor (mq_overview(7)); the umask has taken bits away.
    return fchmod(*queue, channel->run->options.mode) == 0 || channel_fail(channel, "fchmod", errno);
}

static bool mq_create(struct channel *channel)
{
    bool made_in = make(channel, false, &channel->in_fd);
    channel->created = made_in && make(channel, true, &channel->out_fd);
    return channel->created;
}

static bool mq_open_existing(struct channel *channel)
{
    char name[DIRECTION_BYTES];
    struct mq_attr attributes;
    if (channel->writer)
        return true;
    direction(name, channel->address, true);
    channel->in_fd = mq_open(name, O_RDONLY | O_CLOEXEC);
    if (channel->in_fd == -1)
        return channel_fail(channel, "mq_open", errno);
    direction(name, channel->address, false);
    channel->out_fd = mq_open(name, O_WRONLY | O_CLOEXEC);
    if (channel->out_fd == -1)
        return channel_fail(channel, "mq_open", errno);
    if (mq_getattr(channel->in_fd, &attributes) == -1)
        return channel_fail(channel, "mq_getattr", errno);
    return attributes.mq_msgsize == DESCRIPTOR_BYTES ||
           channel_broken(channel, "mq_getattr", EBADMSG, "its messages are not 48 bytes long");
}

static bool mq_send_descriptor(struct channel *channel, const struct descriptor *descriptor)
{
    for (;;) {
        struct timespec until = realtime_of(channel_slice_end(channel->run->deadline_ns));
        if (mq_timedsend(channel->out_fd, (const char *)descriptor, sizeof *descriptor, 0, &until) == 0)
            return true;
        if (errno != EINTR && errno != ETIMEDOUT)
            return channel_fail(channel, "mq_timedsend", errno);
        if (channel_abandoned(channel, "mq_timedsend"))
            return false;
        if (clock_ns() >= channel->run->deadline_ns)
            return channel_timeout(channel, "mq_timedsend");
    }
}

static bool mq_receive_descriptor(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    for (;;) {
        struct timespec until = realtime_of(channel_slice_end(deadline_ns));
        ssize_t got = mq_timedreceive(channel->in_fd, (char *)descriptor, sizeof *descriptor, NULL, &until);
        if (got == sizeof *descriptor)
            return true;
        if (got >= 0)
            return channel_broken(channel, "mq_timedreceive", EBADMSG, "a message that is not 48 bytes long");
        if (errno != EINTR && errno != ETIMEDOUT)
            return channel_fail(channel, "mq_timedreceive", errno);
        if (channel_abandoned(channel, "mq_timedreceive"))
            return false;
        if (clock_ns() >= deadline_ns)
            return channel_timeout(channel, "mq_timedreceive");
    }
}

static void mq_close_both(struct channel *channel)
{
    char name[DIRECTION_BYTES];
    if (channel->in_fd != -1)
        mq_close(channel->in_fd);
    if (channel->out_fd != -1)
        mq_close(channel->out_fd);
    channel->in_fd = channel->out_fd = -1;
    for (int to_reader = 0; channel->created && to_reader <= 1; to_reader++) {
        direction(name, channel->address, to_reader == 1);
        undo_remove(UNDO_MQ_NAME, name, -1);
    }
    channel->created = false;
}

const struct channel_api posix_mq_channel = {
    .name = "posix-mq",
    .check_address = mq_check_address,
    .create = mq_create,
    .open = mq_open_existing,
    .send = mq_send_descriptor,
    .receive = mq_receive_descriptor,
    .arrived = channel_fd_arrived,
    .close = mq_close_both,
};
